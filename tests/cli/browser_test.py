#!/usr/bin/env python3
"""Reports in headless Chromium: nothing on the console, no request leaves the file, every point is there, and the page is
light or dark as the reader's system is. Exit code 77, "skipped", where there is no Chromium."""
import re
import shutil
import subprocess
import sys
import unittest
import zlib

from runs_test import points_of_curves, write_run
from support import CommandLineTest

BROWSER = shutil.which("chromium-headless-shell") or shutil.which("chromium")


def first_pixel(png):
    content, at, data = png.read_bytes(), 8, b""
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] == b"IDAT":
            data += content[at + 8 : at + 8 + size]
        at += size + 12
    return zlib.decompress(data)[1:4]


class Browser(CommandLineTest):
    def browse(self, page, *flags):
        log = self.folder / "net.json"
        result = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--enable-logging=stderr", f"--user-data-dir={self.folder}/profile", f"--log-net-log={log}", *flags,
             page.as_uri()],
            capture_output=True, text=True, timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("CONSOLE", result.stderr)
        urls = set(re.findall(r'"url":"([^"]*)"', log.read_text()))
        outside = [url for url in urls if not url.startswith(("file:", "data:", "chrome", "about:"))]
        self.assertEqual(outside, [])
        return result.stdout

    def lightness(self, page, scheme):
        """Of the paper."""
        file = self.folder / "shot.png"
        self.browse(page, f"--screenshot={file}", "--window-size=400,700", "--hide-scrollbars",
                    f"--blink-settings=preferredColorScheme={scheme}")
        return max(first_pixel(file))

    def test_reports_are_whole_by_themselves(self):
        for role in ["teacher", "student", "distill"]:
            write_run(self.folder / "runs" / role, role)
        self.succeed("report", "runs", "output=all.html")
        self.succeed("report", "runs/distill")
        for page in [self.folder / "all.html", self.folder / "runs/distill/report.html"]:
            seen = points_of_curves(self.browse(page, "--dump-dom"))
            self.assertEqual(seen, points_of_curves(page.read_text()))
            self.assertGreaterEqual(len(seen), 5)
            self.assertGreater(self.lightness(page, scheme=1), 200)
            self.assertLess(self.lightness(page, scheme=0), 60)


if __name__ == "__main__":
    if BROWSER is None:
        print("skipped: there is no Chromium")
        sys.exit(77)
    unittest.main()
