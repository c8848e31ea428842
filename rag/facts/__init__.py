"""Facts that rules can compare without a model.

compare     all facts of a text, and what a claim says differently from its sources
quantities  numbers with units and magnitudes      numerals  their values      units  tables of both
dates       years, months, days                    entities  names             polarity  negation, opposites, roles
"""
