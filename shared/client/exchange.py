"""Files with pledges: imports, exports, templates."""

from typing import Unpack

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.exchange import Import, ImportCheck, NewImport, PartReceived, Row
from shared.client.room import Id, Room
from shared.client.search import Filters
from shared.client.sending import Download, at


class Exchange(Room):
    """An import begins, gets its file in parts, is checked, and runs; whoever began it asks how far it is."""

    async def begin_import(self, wish: NewImport, *, key: str | None = None) -> Import:
        return await self._to.post(at("imports"), Import, wish, key=key)

    async def send_part(self, import_id: Id, number: int, content: bytes) -> PartReceived:
        """`part_size` bytes, of the last part fewer; counted from 1. May be sent again."""
        return await self._to.put_bytes(at("imports", import_id, "parts", number), PartReceived, content)

    async def check_import(self, import_id: Id, how: ImportCheck, *, key: str | None = None) -> Import:
        """The dry run."""
        return await self._to.post(at("imports", import_id, "check"), Import, how, key=key)

    async def run_import(self, import_id: Id, *, key: str | None = None) -> Import:
        """Makes what the check found good."""
        return await self._to.post(at("imports", import_id, "run"), Import, key=key)

    async def cancel_import(self, import_id: Id, *, key: str | None = None) -> Import:
        return await self._to.post(at("imports", import_id, "cancel"), Import, key=key)

    def imports(self, *, limit: int | None = None, cursor: str | None = None) -> Listing[Page[Import], Import]:
        """The caller's own, newest first."""
        return self._to.pages(at("imports"), Page[Import], limit=limit, cursor=cursor)

    async def import_of(self, import_id: Id) -> Import:
        return await self._to.get(at("imports", import_id), Import)

    def import_rows(
        self, import_id: Id, *, state: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Listing[Page[Row], Row]:
        """The report, in the order of the file."""
        path = at("imports", import_id, "rows")
        return self._to.pages(path, Page[Row], state=state, limit=limit, cursor=cursor)

    async def bad_rows(self, import_id: Id) -> Download:
        """The file to mend."""
        return await self._to.download(at("imports", import_id, "bad-rows"))

    async def import_template(self, shape: str, format: str, *, statements: bool = False) -> Download:  # noqa: A002
        """`shape`: sheet or form; `format`: csv, xlsx or json."""
        return await self._to.download(at("import-templates", shape, format), statements=statements)

    async def export(self, format: str, **filters: Unpack[Filters]) -> Download:  # noqa: A002 - its name in the API
        """What is public, with the filters of the list."""
        return await self._to.download(at("exports", "pledges", format), **filters)

    async def export_working_copies(self, entity_id: str, format: str) -> Download:  # noqa: A002
        """What an entity works on, drafts too."""
        return await self._to.download(at("entities", entity_id, "working-copies", format))
