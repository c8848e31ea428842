"""Units, magnitudes and number words, and which units measure the same thing."""

_DIMENSIONS: dict[str, tuple[str, float]] = {
    "second": ("time", 1.0),
    "minute": ("time", 60.0),
    "hour": ("time", 3600.0),
    "day": ("time", 86400.0),
    "week": ("time", 604800.0),
    "month": ("time", 31557600.0 / 12),
    "year": ("time", 31557600.0),
    "decade": ("time", 315576000.0),
    "century": ("time", 3155760000.0),
    "millisecond": ("time", 1e-3),
    "mm": ("length", 1e-3),
    "cm": ("length", 1e-2),
    "metre": ("length", 1.0),
    "km": ("length", 1e3),
    "inch": ("length", 0.0254),
    "foot": ("length", 0.3048),
    "mile": ("length", 1609.344),
    "gram": ("mass", 1e-3),
    "kg": ("mass", 1.0),
    "mg": ("mass", 1e-6),
    "µg": ("mass", 1e-9),
    "ounce": ("mass", 0.028349523125),
    "tonne": ("mass", 1e3),
    "lb": ("mass", 0.45359237),
    "kb": ("data", 1e3),
    "mb": ("data", 1e6),
    "gb": ("data", 1e9),
    "tb": ("data", 1e12),
    "pb": ("data", 1e15),
    "w": ("power", 1.0),
    "kw": ("power", 1e3),
    "mw": ("power", 1e6),
    "gw": ("power", 1e9),
    "tw": ("power", 1e12),
    "wh": ("energy", 1.0),
    "kwh": ("energy", 1e3),
    "mwh": ("energy", 1e6),
    "gwh": ("energy", 1e9),
    "twh": ("energy", 1e12),
    "hz": ("frequency", 1.0),
    "khz": ("frequency", 1e3),
    "mhz": ("frequency", 1e6),
    "ghz": ("frequency", 1e9),
    "percent": ("share", 0.01),
    "half": ("share", 0.5),
    "point": ("percentage points", 1.0),
    "times": ("factor", 1.0),
    "degree": ("degrees", 1.0),
    "nm": ("length", 1e-9),
    "square km": ("area", 1e6),
    "square metre": ("area", 1.0),
    "square mile": ("area", 2589988.110336),
    "acre": ("area", 4046.8564224),
    "hectare": ("area", 1e4),
    "litre": ("volume", 1.0),
    "ml": ("volume", 1e-3),
    "cl": ("volume", 1e-2),
    "dl": ("volume", 0.1),
    "gallon": ("volume", 3.785411784),
    "barrel": ("barrels", 1.0),
    "psi": ("pressure", 6894.757293168),
    "hectopascal": ("pressure", 1e2),
    "kilopascal": ("pressure", 1e3),
    "usd": ("money usd", 1.0),
    "eur": ("money eur", 1.0),
    "gbp": ("money gbp", 1.0),
    "cny": ("money cny", 1.0),
    "jpy": ("money jpy", 1.0),
    "krw": ("money krw", 1.0),
    "inr": ("money inr", 1.0),
    "hkd": ("money hkd", 1.0),
    "aud": ("money aud", 1.0),
    "cad": ("money cad", 1.0),
    "chf": ("money chf", 1.0),
    "rub": ("money rub", 1.0),
}

_NAMES = """
second:seconds sec secs s 秒|minute:minutes min mins 分钟|hour:hours hr hrs h 小时
day:days 天 日|week:weeks wk wks 周 星期|month:months mo 个月 月|year:years yr yrs 年
decade:decades|century:centuries 世纪|millisecond:milliseconds ms 毫秒
mm:millimetre millimetres millimeter millimeters 毫米|cm:centimetre centimetres centimeter centimeters 厘米
metre:metres meter meters m 米|km:kilometre kilometres kilometer kilometers kms 公里
inch:inches|foot:feet ft|mile:miles mi
gram:grams g|mg:milligram milligrams|µg:μg ug mcg microgram micrograms
ounce:ounces oz|kg:kilogram kilograms kilo kilos 公斤|tonne:tonnes ton tons 吨|lb:lbs
kb:KB kilobyte kilobytes|mb:MB megabyte megabytes MiB|gb:GB gigabyte gigabytes GiB|tb:TB terabyte terabytes
pb:PB petabyte petabytes
w:W watt watts|kw:kW kilowatt kilowatts|mw:MW megawatt megawatts|gw:GW gigawatt gigawatts|tw:TW terawatt terawatts
wh:Wh|kwh:kWh kilowatt-hours|mwh:MWh|gwh:GWh|twh:TWh terawatt-hours|hz:Hz|khz:kHz|mhz:MHz|ghz:GHz gigahertz
percent:% ％ per_cent pct prozent|point:points_of_percentage percentage_points percentage_point pp
times:x × fold -fold 倍|degree:degrees °|nm:nanometre nanometres nanometer nanometers 纳米
square_km:square_kilometres square_kilometers square_kilometre square_kilometer sq_km km²
square_metre:square_metres square_meters m²
square_mile:square_miles sq_mi|acre:acres|hectare:hectares ha
litre:litres liter liters l L|ml:millilitre millilitres milliliter milliliters|cl:centilitre centilitres
dl:decilitre decilitres|gallon:gallons|barrel:barrels|psi:PSI|hectopascal:hPa hectopascals|kilopascal:kPa kilopascals
usd:$ us$ 美金 us_dollar us_dollars u.s._dollars u.s_dollars american_dollars dollar dollars usd 美元
eur:€ euro euros 欧元
gbp:£ pound pounds pounds_sterling 英镑|cny:cn¥ yuan rmb renminbi 元 人民币|jpy:¥ yen 日元
krw:₩ won 韩元|inr:₹ rupee rupees
hkd:hk$ hong_kong_dollars|aud:a$ australian_dollars|cad:c$ canadian_dollars|chf:francs franc|rub:rubles roubles
""".replace("\n", "|")


def _names() -> dict[str, str]:
    table: dict[str, str] = {}
    for entry in filter(None, _NAMES.split("|")):
        canonical, others = entry.split(":", 1)
        for name in (canonical, *others.split()):
            table[name.replace("_", " ")] = canonical.replace("_", " ")
    return table


UNITS: dict[str, str] = _names()
"""From a unit as written to its canonical name; longer names in lower case, symbols as they are."""

MAGNITUDES: dict[str, float] = {
    **dict.fromkeys(("hundred", "百"), 1e2),
    **dict.fromkeys(("thousand", "k", "K", "千"), 1e3),
    **dict.fromkeys(("million", "millions", "m", "M", "mn", "mln", "mio", "millionen"), 1e6),
    **dict.fromkeys(("billion", "billions", "b", "B", "bn", "bln", "mrd", "milliarden"), 1e9),
    **dict.fromkeys(("trillion", "trillions", "t", "T", "tn", "trn", "兆"), 1e12),
    **dict.fromkeys(("万", "萬"), 1e4),
    **dict.fromkeys(("亿", "億"), 1e8),
    "万亿": 1e12,
    "百万": 1e6,
    "千万": 1e7,
    "dozen": 12.0,
}

WORD_VALUES: dict[str, float] = {
    **{word: float(value) for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen twenty".split()
    )},
    **{word: 10.0 * value for value, word in enumerate(
        "thirty forty fifty sixty seventy eighty ninety".split(), start=3
    )},
    "dozen": 12.0,
    "half": 0.5,
}  # fmt: skip


def dimension(unit: str) -> tuple[str, float]:
    """What a canonical unit measures, and its factor to that dimension's base; ("", 1) for no unit."""
    return _DIMENSIONS.get(unit, ("", 1.0))
