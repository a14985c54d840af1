"""Why a file is not taken, in a problem and a remedy."""

from shared.errors import FieldProblem, Invalid

TAKEN = "txt, rtf, pdf, doc, docx, odt, ppt, pptx, odp, xls, xlsx or ods"


class NotTaken(Invalid):
    """The field is `file`. Nothing is kept."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"The file was not taken: {problem}.", [FieldProblem("file", problem, remedy)])


class Unknown(NotTaken):
    """Send a file of another kind."""

    def __init__(
        self, problem: str = "its content is of no kind that is taken", remedy: str = f"save it as {TAKEN}"
    ) -> None:
        super().__init__(problem, remedy)


class Harmful(NotTaken):
    """Send it without its programs."""

    def __init__(self, problem: str = "it holds macros", remedy: str = "save it without macros, or as a PDF") -> None:
        super().__init__(problem, remedy)
