"""GET /mails/previews"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from services.notifications.content.words import LANGUAGES, words
from services.notifications.deliveries.steps import AUDIENCES
from services.notifications.previews.samples import sample
from services.notifications.previews.schemas import MailKind, MailLanguage, Preview, Previews
from shared.errors import NotFound
from shared.web.auth import STAFF_OR_REVIEWER

router = APIRouter(tags=["mails"], dependencies=[Depends(STAFF_OR_REVIEWER)])


@router.get("/mails/previews", summary="The kinds of mails, and the languages they are written in")
async def list_previews() -> Previews:
    kinds = [MailKind(template=template, audience=audience) for template, audience in AUDIENCES.items()]
    spoken = [MailLanguage(language=one, direction=words(one).direction) for one in LANGUAGES]
    return Previews(kinds=kinds, languages=spoken)


@router.get("/mails/previews/{template}/{language}", summary="How a mail looks, with made-up data")
async def preview(
    request: Request,
    template: Annotated[str, Path(description="A kind of mail", examples=["reminder"])],
    language: Annotated[str, Path(description="One of the languages", examples=["ar"])],
) -> Preview:
    if template not in AUDIENCES or language not in LANGUAGES:
        raise NotFound("There is no such mail; GET /mails/previews lists the kinds and languages.")
    made = sample(template, language, request.app.state.place.portal)
    return Preview(
        sample=True,
        template=template,
        audience=AUDIENCES[template],
        language=language,
        direction=words(language).direction,
        subject=made.subject,
        text=made.text,
        html=made.html,
    )
