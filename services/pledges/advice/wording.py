"""In which of the six languages of the United Nations an answer speaks."""

from typing import Annotated

from fastapi import Depends, Header

from shared.reference.entries import LANGUAGES
from shared.speaking import preferred


async def _language(
    accept_language: Annotated[
        str, Header(description="One of the six UN languages is answered in", max_length=500, examples=["fr"])
    ] = "",
) -> str:
    return preferred(accept_language, LANGUAGES)


InLanguage = Annotated[str, Depends(_language)]


def spoken(language: str) -> dict[str, str]:
    """Headers of such an answer."""
    return {"Content-Language": language, "Vary": "Accept-Language"}
