"""What can go wrong while answering.

    AnswerError
      BadQuestion        the question is empty or too long
      PromptTooLong      not even one whole passage fits into the model's context
      ModelUnavailable   a model cannot be loaded: hub out of reach, unknown name, altered weights, too little memory
      GeneratorFailed    a model or server failed while writing; `retryable` says whether trying again makes sense

Write `except AnswerError as error: print(error)`. Not finding an answer, an invented marker and a cut-off answer
are values of `Answer`, not errors.
"""


class AnswerError(Exception):
    """Base of all errors of this package; its text may be shown to the user as it is."""


class BadQuestion(AnswerError):
    """The question is empty or longer than a question can be."""


class PromptTooLong(AnswerError):
    """Not even one whole passage fits into the model's context."""


class ModelUnavailable(AnswerError):
    """A model cannot be loaded; the message says why and what to do."""


class GeneratorFailed(AnswerError):
    """The model or its server failed while writing."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable
