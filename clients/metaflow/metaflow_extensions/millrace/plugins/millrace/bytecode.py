"""What this installation has compiled of Metaflow, for the code package: a step's process begins by importing it, and
compiling it first takes longer than everything else that it does before the step."""

import os
import sys
import tempfile
from importlib.util import cache_from_source, source_hash
from typing import Dict, List, Optional, Tuple

#: Of a compiled file: the magic number, flags, then the time and the size of its source, in four bytes each.
HEADER = 16
#: Flags that say: belongs to its source, whatever that one's time. Python has known them since 3.7 (PEP 552).
UNCHECKED = (1).to_bytes(4, "little")

_packaged: Optional[List[Tuple[str, str]]] = None
_folder: Optional[tempfile.TemporaryDirectory] = None


def packaged() -> List[Tuple[str, str]]:
    """Files for a decorator's ``add_to_package``: those of Metaflow and its extensions that this process has imported,
    which is about what a step's process will. An interpreter of another version does not look at them."""
    global _packaged, _folder
    if _packaged is None:
        _folder = tempfile.TemporaryDirectory(prefix="millrace-bytecode-")
        _packaged = []
        for number, (source, name) in enumerate(sorted(_sources().items())):
            content = compiled(source)
            if content:
                file = os.path.join(_folder.name, "%d.pyc" % number)
                with open(file, "wb") as out:
                    out.write(content)
                _packaged.append((file, cache_from_source(name)))
    return _packaged


def _sources() -> Dict[str, str]:
    """By each imported module's source: its place in the package."""
    found = {}
    for name, module in list(sys.modules.items()):
        source = getattr(module, "__file__", None)
        if name.split(".")[0] in ("metaflow", "metaflow_extensions") and source and source.endswith(".py"):
            place = name.split(".") + (["__init__"] if hasattr(module, "__path__") else [])
            found[source] = os.path.join(*place) + ".py"
    return found


def compiled(source: str) -> Optional[bytes]:
    """What lies compiled beside a source, if it is what Python would take. The files of a package have other times than
    those here, so that it is made to hold for any."""
    try:
        with open(cache_from_source(source), "rb") as file:
            found = file.read()
        with open(source, "rb") as file:
            text = file.read()
        modified = int(os.stat(source).st_mtime) & 0xFFFFFFFF
    except OSError:
        return None
    made_of = modified.to_bytes(4, "little") + (len(text) & 0xFFFFFFFF).to_bytes(4, "little")
    if found[4:HEADER] != bytes(4) + made_of:
        return None
    return found[:4] + UNCHECKED + source_hash(text) + found[HEADER:]
