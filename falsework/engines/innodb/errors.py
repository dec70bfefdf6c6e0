"""What the error numbers of server and driver mean, as far as both servers share them.

Numbers from 3000 on mean something else on either server: they are not here.
Source: https://dev.mysql.com/doc/mysql-errors/9.7/en/server-error-reference.html and
https://mariadb.com/kb/en/mariadb-error-codes/
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble

INTERRUPTED = 1317
LOCK_TIMEOUT = 1205

COMMON: Mapping[int, Trouble] = {
    LOCK_TIMEOUT: Trouble.LOCK_TIMEOUT,
    1213: Trouble.RETRY,  # deadlock
    1317: Trouble.RETRY,  # killed, by a person
    1799: Trouble.RETRY,  # the online log was full: innodb_online_alter_log_max_size
    1412: Trouble.RETRY,  # the table changed after the transaction began
    1053: Trouble.LOST,  # shutdown in progress
    1077: Trouble.LOST,
    1152: Trouble.LOST,
    1158: Trouble.LOST,
    1159: Trouble.LOST,
    1160: Trouble.LOST,
    1161: Trouble.LOST,
    1927: Trouble.LOST,  # connection was killed
    2006: Trouble.LOST,
    2013: Trouble.LOST,
    2014: Trouble.LOST,
    2055: Trouble.LOST,
    2002: Trouble.UNREACHABLE,
    2003: Trouble.UNREACHABLE,
    2005: Trouble.UNREACHABLE,
    1040: Trouble.UNREACHABLE,  # too many connections
    1203: Trouble.UNREACHABLE,
    1226: Trouble.UNREACHABLE,
    1129: Trouble.UNREACHABLE,  # the host is blocked after errors
    1130: Trouble.REJECTED,  # the host may not connect
    1044: Trouble.REJECTED,
    1045: Trouble.REJECTED,
    1049: Trouble.REJECTED,
    1251: Trouble.REJECTED,
    1524: Trouble.REJECTED,
    1698: Trouble.REJECTED,
    1820: Trouble.REJECTED,
    1862: Trouble.REJECTED,
    2026: Trouble.REJECTED,  # TLS
    2059: Trouble.REJECTED,
    2061: Trouble.REJECTED,
    1095: Trouble.DENIED,
    1142: Trouble.DENIED,
    1143: Trouble.DENIED,
    1227: Trouble.DENIED,
    1290: Trouble.DENIED,  # read only
    1370: Trouble.DENIED,
    1410: Trouble.DENIED,
    1419: Trouble.DENIED,  # triggers, while the binary log is on
    1792: Trouble.DENIED,  # a transaction that cannot write
    1836: Trouble.DENIED,  # read-only mode
    1022: Trouble.CONSTRAINT,
    1048: Trouble.CONSTRAINT,
    1062: Trouble.CONSTRAINT,
    1138: Trouble.CONSTRAINT,  # NULLs where NOT NULL is to come
    1169: Trouble.CONSTRAINT,
    1216: Trouble.CONSTRAINT,
    1217: Trouble.CONSTRAINT,
    1364: Trouble.CONSTRAINT,
    1451: Trouble.CONSTRAINT,
    1452: Trouble.CONSTRAINT,
    1557: Trouble.CONSTRAINT,
    1761: Trouble.CONSTRAINT,
    1762: Trouble.CONSTRAINT,
    1859: Trouble.CONSTRAINT,
    1264: Trouble.DATA,
    1265: Trouble.DATA,
    1292: Trouble.DATA,
    1365: Trouble.DATA,
    1366: Trouble.DATA,
    1367: Trouble.DATA,
    1406: Trouble.DATA,
    1411: Trouble.DATA,
    1416: Trouble.DATA,
    1441: Trouble.DATA,
    1525: Trouble.DATA,
    1690: Trouble.DATA,
    1046: Trouble.SYNTAX,
    1050: Trouble.SYNTAX,
    1051: Trouble.SYNTAX,
    1052: Trouble.SYNTAX,
    1054: Trouble.SYNTAX,
    1059: Trouble.SYNTAX,
    1060: Trouble.SYNTAX,
    1061: Trouble.SYNTAX,
    1064: Trouble.SYNTAX,
    1067: Trouble.SYNTAX,
    1071: Trouble.SYNTAX,
    1072: Trouble.SYNTAX,
    1075: Trouble.SYNTAX,
    1091: Trouble.SYNTAX,
    1103: Trouble.SYNTAX,
    1146: Trouble.SYNTAX,
    1166: Trouble.SYNTAX,
    1170: Trouble.SYNTAX,
    1171: Trouble.SYNTAX,
    1176: Trouble.SYNTAX,
    1222: Trouble.SYNTAX,
    1300: Trouble.SYNTAX,
    1305: Trouble.SYNTAX,
    1425: Trouble.SYNTAX,
    1553: Trouble.SYNTAX,  # an index that a foreign key needs
    1570: Trouble.SYNTAX,
    1582: Trouble.SYNTAX,
    1630: Trouble.SYNTAX,
    1824: Trouble.SYNTAX,
    1826: Trouble.SYNTAX,
    1830: Trouble.SYNTAX,
    1832: Trouble.SYNTAX,
    1833: Trouble.SYNTAX,
    1845: Trouble.SYNTAX,  # the algorithm or lock asked for is not supported
    1846: Trouble.SYNTAX,
}

_CONNECTING = re.compile(r"can't connect|timed out|getaddrinfo|name resolution", re.IGNORECASE)
_TLS = re.compile(r"ssl|certificate|cryptography", re.IGNORECASE)


def number(error: DBAPIError) -> int | None:
    """The error's number; None where the driver gave none."""
    args = getattr(error.orig, "args", ())
    return args[0] if args and isinstance(args[0], int) else None


def trouble(error: DBAPIError, own: Mapping[int, Trouble]) -> Trouble:
    """The meaning by number, the product's ``own`` numbers first; OTHER when it is not known."""
    code = number(error)
    words = str(error.orig)
    if code in (2003, 2013) and _TLS.search(words):
        return Trouble.REJECTED
    known = {**COMMON, **own}
    if code is not None and code in known:
        return known[code]
    if _TLS.search(words) and code is None:
        return Trouble.REJECTED
    if code in (None, 0):
        if _CONNECTING.search(words):
            return Trouble.UNREACHABLE
        return Trouble.LOST  # PyMySQL has no number where its socket is gone: (0, '')
    return Trouble.LOST if error.connection_invalidated else Trouble.OTHER


# Messages that quote a value of a row, with the part that quotes it.
_VALUES = {
    1062: re.compile(r"(?<=^Duplicate entry ').*(?=' for key)", re.DOTALL),
    1292: re.compile(r"(?<=value: ').*(?=')", re.DOTALL),
    1366: re.compile(r"(?<=value: ').*(?=' for column)", re.DOTALL),
    1367: re.compile(r"(?<=').*(?=' )", re.DOTALL),
    1411: re.compile(r"(?<=value: ').*(?=')", re.DOTALL),
    1525: re.compile(r"(?<=value: ').*(?=')", re.DOTALL),
    1690: re.compile(r"(?<=in ').*(?=')", re.DOTALL),
    3140: re.compile(r"(?<=in value for ).*", re.DOTALL),
}


def without_values(error: BaseException) -> None:
    """Take values of rows out of the error's own message: they may be anybody's secret."""
    match error.args:
        case (int(code), str(words), *more) if code in _VALUES:
            error.args = (code, _VALUES[code].sub("?", words, count=1), *more)
