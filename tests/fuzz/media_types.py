"""How Schemathesis sends what our services take besides JSON: a mail is bytes, as a file is."""

import schemathesis

schemathesis.serializer.alias("message/rfc822", "application/octet-stream")
