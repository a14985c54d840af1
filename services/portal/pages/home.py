"""The first page."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Public
from services.portal.page import page

router = APIRouter()


@router.get("/")
async def home(request: Request, _: Public) -> Response:
    return page(request, "home.html")
