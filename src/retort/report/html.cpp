// SPDX-License-Identifier: MIT
#include "retort/report/html.h"

#include <fmt/format.h>

namespace retort::report {
namespace {

// Colours by role: the page's own first, then s0 to s7 for curves and bars.
constexpr const char* kStyle = R"css(
:root { color-scheme: light dark;
  --paper: #fbfbf9; --card: #ffffff; --ink: #1c2024; --soft: #5f6b76; --line: #e3e5e8; --grid: #eceef0;
  --good: #0f7b6c; --bad: #b4391f; --heat: 15, 123, 108; --wrong: 180, 57, 31;
  --s0: #0f7b6c; --s1: #c8741a; --s2: #3d6fd1; --s3: #a3418f; --s4: #2f9fd0; --s5: #8f2d16; --s6: #9a8f12; --s7: #6b5bd0; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171a; --card: #1c2024; --ink: #e8eaed; --soft: #9aa6b2; --line: #2e343a; --grid: #272d33;
  --good: #4fc7b2; --bad: #f0836b; --heat: 79, 199, 178; --wrong: 240, 131, 107;
  --s0: #4fc7b2; --s1: #f0a95a; --s2: #86aef5; --s3: #dd8bcd; --s4: #9adcf7; --s5: #f0836b; --s6: #d8cf5a; --s7: #aca0f5; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 40px 0 12px; }
h3 { font-size: 15px; margin: 24px 0 8px; }
p { margin: 4px 0 12px; max-width: 72ch; } .soft { color: var(--soft); }
code { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; margin: 0 0 12px; }
.verdict { font-size: 18px; font-weight: 600; max-width: none; margin: 14px 0; padding: 12px 16px; background: var(--card); border: 1px solid var(--line);
  border-left: 4px solid var(--soft); border-radius: 8px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(152px, 1fr)); gap: 10px; margin: 18px 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
.card b { display: block; font-size: 21px; font-weight: 600; white-space: nowrap; font-variant-numeric: tabular-nums; }
.card span { color: var(--soft); font-size: 13px; } small { display: block; color: var(--soft); font-size: 12px; font-weight: 400; } td small { white-space: nowrap; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: 6px; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 13px; font-family: inherit; }
.grid { stroke: var(--grid); stroke-width: 1; } .axis { stroke: var(--soft); stroke-width: 1; }
polyline { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
polyline.reference { stroke-dasharray: 6 5; stroke-width: 1.5; } polyline.faint { stroke-width: 1.2; } .faint { opacity: 0.4; }
.legend { list-style: none; margin: 8px 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px; color: var(--soft); }
.legend i { display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin-right: 6px; vertical-align: middle; }
.legend b { color: var(--ink); font-variant-numeric: tabular-nums; font-weight: 600; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: 7px 12px; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child > * { border-bottom: 0; } .scroll th:first-child { position: sticky; left: 0; background: var(--card); } th { color: var(--soft); font-weight: 500; white-space: nowrap; }
td code { overflow-wrap: anywhere; } .scroll + p { margin-top: 8px; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } td.best { font-weight: 700; }
.matrix { width: auto; margin: 0; font-size: 12px; } .matrix td, .matrix th { padding: 5px 6px; border: 0; text-align: center; font-variant-numeric: tabular-nums; }
.matrix th.row { text-align: right; } .matrix th.column { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; } .matrix td { min-width: 41px; border-radius: 3px; }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: 5px 10px; align-items: center; font-size: 13px; }
.track { background: var(--grid); border-radius: 3px; height: 12px; overflow: hidden; } .track i { display: block; height: 100%; border-radius: 3px; }
.range { position: relative; height: 12px; } .range::before { content: ""; position: absolute; left: 0; right: 0; top: 6px; border-top: 1px solid var(--grid); }
.range i { position: absolute; top: 4px; height: 5px; border-radius: 3px; opacity: 0.4; } .range u { position: absolute; top: 1.5px; width: 10px; height: 10px; margin-left: -5px; border-radius: 5px; }
.ends { display: flex; justify-content: space-between; gap: 8px; color: var(--soft); font-size: 12px; }
.bars b { font-variant-numeric: tabular-nums; font-weight: 500; text-align: right; }
.samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 310px), 1fr)); gap: 14px; }
.sample { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; display: flex; gap: 14px; }
.sample img { width: 84px; height: 84px; image-rendering: pixelated; border-radius: 6px; flex: none; background: var(--grid); }
.sample div.what { flex: 1; min-width: 0; } .sample p { margin: 0 0 6px; font-weight: 600; }
.sample .bars { font-size: 12px; gap: 3px 8px; grid-template-columns: minmax(50px, max-content) 1fr; } .sample .track { height: 6px; }
.pair { display: grid; gap: 2px; }
details { margin: 10px 0; } summary { cursor: pointer; color: var(--soft); margin-bottom: 8px; }
footer { margin-top: 48px; color: var(--soft); font-size: 13px; }
@media (max-width: 520px) { main { padding: 18px 14px 40px; } h1 { font-size: 21px; } .cards { grid-template-columns: repeat(2, 1fr); }
  svg text { font-size: 18px; } table { font-size: 13px; } th, td { padding: 6px 5px; } th, th.n, td.n { white-space: normal; }
  .matrix { font-size: 10px; width: 100%; } .matrix td { min-width: 0; } .matrix td, .matrix th { padding: 4px 0; } }
@media print { body { background: #fff; } figure, .card, .sample { break-inside: avoid; } }
)css";

std::string palette_rules() {
  std::string rules;
  for (int i = 0; i < 8; ++i)
    rules += fmt::format(
        "polyline.s{0} {{ stroke: var(--s{0}); }} circle.s{0}, rect.s{0} {{ fill: var(--s{0}); }} i.s{0}, "
        "u.s{0} {{ "
        "background: "
        "var(--s{0}); }}\n",
        i);
  return rules;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    }
  }
  return result;
}

std::string page(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "img-src data:\">\n"
      "<link rel=\"icon\" "
      "href=\"data:,\">\n<title>{}</title>\n<style>{}{}</style>\n</head>\n<body>\n<main>\n{}\n"
      "</main>\n</body>\n</html>\n",
      escaped(title), kStyle, palette_rules(), body);
}

}  // namespace retort::report
