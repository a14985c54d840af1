"""Booleans and whole numbers of a request's body, as JSON and our documents have them: no "0" is taken for a false."""

from typing import Annotated

from pydantic import Strict

Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]
