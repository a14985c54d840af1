"""What all services need."""

import os

# Spreadsheets of strangers are read through defusedxml, which refuses entities; with lxml, which reads mails in HTML,
# openpyxl would pass it by. It looks at this once, when it is imported.
os.environ["OPENPYXL_LXML"] = "False"
