"""What ``from metaflow.integrations import ...`` finds here."""

ALIASES_DESC = [("MillraceEvent", "metaflow_extensions.millrace.plugins.millrace.event.MillraceEvent")]
TOGGLE_INTEGRATION_ALIAS = ["+MillraceEvent"]
