"""Tickers as `MIC:SYMBOL` (ISO 10383), from the names that issuers and providers use; ISINs (ISO 6166)."""

import re
from difflib import get_close_matches

from dateline.words.errors import BadInput, Fault

# The exchange's market identifier code, and what the trade calls it in front of a ticker. The first
# that claims a name has it, so a name that two exchanges share goes to the one that wires mean.
EXCHANGES: dict[str, tuple[str, ...]] = {
    "XNYS": ("NYSE", "New York Stock Exchange"),
    "XNAS": ("NASDAQ", "NASDAQ GS", "NASDAQ GM", "NASDAQ CM", "NASDAQGS", "NASDAQGM", "NASDAQCM"),
    "XASE": ("NYSE American", "NYSE MKT", "AMEX"),
    "ARCX": ("NYSE Arca",),
    "BATS": ("Cboe BZX", "Cboe US"),
    "OTCM": ("OTC", "OTC Markets", "OTC US"),
    "OTCQ": ("OTCQX",),
    "OTCB": ("OTCQB", "OTCBB"),
    "PINX": ("Pink", "OTC Pink", "Pink Sheets"),
    "XTSE": ("TSX", "Toronto Stock Exchange"),
    "XTSX": ("TSX Venture", "TSXV", "TSX.V", "TSX-V", "CVE"),
    "XCNQ": ("CSE", "CNSX", "Canadian Securities Exchange"),
    "NEOE": ("NEO", "Cboe Canada", "Cboe CA"),
    "BVMF": ("B3", "BOVESPA", "BM&FBOVESPA"),
    "XMEX": ("BMV", "Bolsa Mexicana de Valores"),
    "XBUE": ("BCBA", "Buenos Aires"),
    "XSGO": ("BCS", "Santiago"),
    "XBOG": ("BVC", "Bogota"),
    "XLIM": ("BVL", "Lima"),
    "XLON": ("LSE", "London Stock Exchange", "London"),
    "AIMX": ("AIM",),
    "AQSE": ("Aquis", "AQX"),
    "XPAR": ("Euronext Paris", "EPA", "Paris"),
    "ALXP": ("Euronext Growth Paris", "Alternext"),
    "XAMS": ("Euronext Amsterdam", "AMS", "Amsterdam"),
    "XBRU": ("Euronext Brussels", "EBR", "Brussels"),
    "XLIS": ("Euronext Lisbon", "ELI", "Lisbon"),
    "XDUB": ("Euronext Dublin", "ISE", "Dublin"),
    "XOSL": ("Oslo Børs", "Euronext Oslo", "OSE", "Oslo"),
    "MERK": ("Euronext Growth Oslo",),
    "MTAA": ("Euronext Milan", "MTA", "Borsa Italiana", "BIT", "Milan"),
    "EXGM": ("Euronext Growth Milan",),
    "XETR": ("Xetra", "ETR"),
    "XFRA": ("FWB", "Frankfurt", "FRA", "FSE"),
    "XMUN": ("Munich", "MUN"),
    "XSTU": ("Stuttgart", "STU"),
    "XDUS": ("Düsseldorf", "DUS"),
    "XHAM": ("Hamburg", "HAM"),
    "XBER": ("Berlin", "BER"),
    "XSWX": ("SIX", "SWX", "SIX Swiss Exchange"),
    "XWBO": ("WBAG", "Vienna", "VIE", "Wiener Börse"),
    "XSTO": ("Nasdaq Stockholm", "STO", "Stockholm"),
    "FNSE": ("Nasdaq First North", "First North"),
    "XHEL": ("Nasdaq Helsinki", "HEL", "Helsinki"),
    "XCSE": ("Nasdaq Copenhagen", "CPH", "Copenhagen"),
    "XICE": ("Nasdaq Iceland", "ICE", "Iceland"),
    "XMAD": ("BME", "Madrid", "BMAD"),
    "XWAR": ("WSE", "GPW", "Warsaw"),
    "XPRA": ("PSE Prague", "Prague"),
    "XBUD": ("BUD", "Budapest"),
    "XATH": ("ATHEX", "Athens"),
    "XLUX": ("LuxSE", "Luxembourg"),
    "XIST": ("BIST", "Istanbul"),
    "MISX": ("MOEX", "Moscow"),
    "XTKS": ("TSE", "TYO", "Tokyo Stock Exchange", "Tokyo", "JPX"),
    "XNGO": ("NSE Nagoya", "Nagoya"),
    "XFKA": ("Fukuoka",),
    "XSAP": ("Sapporo",),
    "XKRX": ("KRX", "KOSPI", "KSE", "Korea Exchange"),
    "XKOS": ("KOSDAQ",),
    "XSHG": ("SSE", "SHA", "Shanghai Stock Exchange", "Shanghai"),
    "XSHE": ("SZSE", "SHE", "Shenzhen Stock Exchange", "Shenzhen"),
    "XHKG": ("HKEX", "SEHK", "HKSE", "HKG", "Hong Kong"),
    "XTAI": ("TWSE", "TPE", "Taiwan Stock Exchange"),
    "ROCO": ("TPEx", "GreTai"),
    "XSES": ("SGX", "Singapore"),
    "XKLS": ("Bursa", "Bursa Malaysia", "KLSE"),
    "XBKK": ("SET", "BKK", "Stock Exchange of Thailand"),
    "XIDX": ("IDX", "JKSE", "Indonesia Stock Exchange"),
    "XSTC": ("HOSE", "HSX", "Ho Chi Minh"),
    "HSTC": ("HNX", "Hanoi"),
    "XPHS": ("PSE", "Philippine Stock Exchange"),
    "XNSE": ("NSE", "National Stock Exchange of India"),
    "XBOM": ("BSE", "BOM", "Bombay Stock Exchange"),
    "XKAR": ("PSX", "KSE Pakistan", "Pakistan Stock Exchange"),
    "XDHA": ("Dhaka", "DSE"),
    "XCOL": ("Colombo",),
    "XASX": ("ASX", "Australian Securities Exchange"),
    "XNZE": ("NZX", "NZE", "NZSX"),
    "XJSE": ("JSE", "Johannesburg"),
    "XNSA": ("NGX", "Nigerian Stock Exchange"),
    "XNAI": ("NSE Kenya", "Nairobi"),
    "XCAI": ("EGX", "Egyptian Exchange"),
    "XCAS": ("Casablanca",),
    "XTAE": ("TASE", "Tel Aviv"),
    "XSAU": ("Tadawul", "Saudi Exchange"),
    "XDFM": ("DFM", "Dubai Financial Market"),
    "XADS": ("ADX", "Abu Dhabi"),
    "DSMD": ("QSE", "Qatar Stock Exchange"),
    "XKUW": ("Boursa Kuwait", "Kuwait"),
    "XBAH": ("Bahrain Bourse",),
    "XMUS": ("MSX", "Muscat"),
    "XAMM": ("Amman",),
}
_MIC = re.compile(r"[A-Z0-9]{4}")
_SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9.&/\-]{0,19}")
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")


def _folded(name: str) -> str:
    """A name as it is compared: letters and digits only, in upper case."""
    return "".join(letter for letter in name.upper() if letter.isalnum())


_BY_NAME: dict[str, str] = {}
for _mic, _names in EXCHANGES.items():
    for _name in _names:
        _BY_NAME.setdefault(_folded(_name), _mic)


def mic(exchange: str) -> str | None:
    """The market identifier code of an exchange by name; any other text of a code's shape stands for itself."""
    found = _BY_NAME.get(_folded(exchange))
    code = exchange.strip().upper()
    return found or (code if _MIC.fullmatch(code) else None)


def ticker(text: str, where: str = "/tickers") -> str:
    """`TSX Venture: axl` becomes `XTSX:AXL`. BadInput if no exchange is named, or none that we know."""
    exchange, colon, symbol = text.strip().rpartition(":")
    symbol = symbol.strip().upper()
    if not colon or not exchange.strip() or not _SYMBOL.fullmatch(symbol):
        what = f"{text!r} is not a ticker."
        raise BadInput([Fault("unknown-ticker", what, where, "Write the exchange and the symbol, as XNYS:IBM.")])
    code = mic(exchange)
    if code is None:
        what = f"{exchange.strip()!r} is not an exchange that we know."
        raise BadInput([Fault("unknown-ticker", what, where, _mend(exchange))])
    return f"{code}:{symbol}"


def isin(text: str, where: str = "/isins") -> str:
    """The ISIN in upper case. BadInput if its shape or its check digit (ISO 6166, annex A) is wrong."""
    code = "".join(text.split()).upper()
    if not code.isascii() or not _ISIN.fullmatch(code) or not _checks(code):
        what = f"{text!r} is not an ISIN."
        raise BadInput([Fault("bad-isin", what, where, "Compare its twelve characters with the register's.")])
    return code


def _checks(code: str) -> bool:
    digits = [int(digit) for letter in code for digit in str(int(letter, 36))]
    doubled = [sum(divmod(digit * 2, 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def _mend(exchange: str) -> str:
    near = get_close_matches(_folded(exchange), _BY_NAME, n=3, cutoff=0.6)
    codes = list(dict.fromkeys(_BY_NAME[name] for name in near)) or ["XNYS", "XNAS", "XLON", "XETR", "XTKS", "XHKG"]
    known = "; ".join(f"{code} ({EXCHANGES[code][0]})" for code in codes)
    return f"Write its four-character market identifier code (ISO 10383). Near to it: {known}."
