"""Print the daily rain total and the warmest hour from weatherd."""
import json
import sys
import urllib.request

BASE = "http://127.0.0.1:8094"
TIMEOUT = 12          # seconds
RAIN_ALERT_MM = 25.0  # print a warning above this


def fetch(day):
    """Return the list of readings of one day as dictionaries."""
    url = f"{BASE}/day/{day}"
    with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
        return json.load(answer)


def rain_total(readings):
    """Sum the rain in millimetres, ignoring gaps."""
    return sum(r["rain"] for r in readings if r.get("rain") is not None)


def warmest(readings):
    """Return the reading with the highest temperature."""
    return max(readings, key=lambda r: r["temp"])


if __name__ == "__main__":
    rows = fetch(sys.argv[1])
    total = rain_total(rows)
    print(f"rain {total:.1f} mm")
    if total > RAIN_ALERT_MM:
        print("WARNING: heavy rain")
    print("warmest", warmest(rows)["time"])
