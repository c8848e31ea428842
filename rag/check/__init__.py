"""Whether sentences are true to the words they cite.

split       a writer's text in sentences        claims       what each claims, of whom, in how many clauses
attribute   where that may stand                judge        the models that say whether it does
differences, aligned   numbers, dates, names, negation, roles that differ      point   all of that, weighed
gate        one claim in, one verdict out       checked      a whole text
conflicts   sources that disagree               injection    sentences that speak to the model
"""

from rag.check.judge import load_judge

__all__ = ["load_judge"]
