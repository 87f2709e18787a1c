/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#pragma once

/* How the page looks: one column of cards on a phone, tables on a desk. */
#define PTQ_REPORT_STYLE \
  ":root{--ink:#1c2733;--soft:#5b6b7b;--line:#dde4ea;--back:#f4f6f8;" \
  "--card:#fff;--a:#2f6fb3;--b:#d9822b;--bad:#b3261e;--good:#2e7d4f}\n" \
  "*{box-sizing:border-box}\n" \
  "body{margin:0;background:var(--back);color:var(--ink);" \
  "font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}\n" \
  "main{max-width:1180px;margin:0 auto;padding:24px 20px 60px}\n" \
  "h1{font-size:26px;margin:0 0 2px}h2{font-size:19px;margin:0 0 4px}\n" \
  "h3{font-size:15px;margin:18px 0 4px}p{margin:4px 0 10px}\n" \
  ".soft{color:var(--soft)}\n" \
  ".tiles{display:grid;gap:12px;margin:18px 0;" \
  "grid-template-columns:repeat(auto-fit,minmax(150px,1fr))}\n" \
  ".tile,section{background:var(--card);border:1px solid var(--line);" \
  "border-radius:10px}\n" \
  ".tile{padding:12px 16px}.tile b{display:block;font-size:24px;" \
  "line-height:1.25}.tile>span{color:var(--soft);font-size:13px}\n" \
  "section{padding:18px 20px;margin:0 0 18px}\n" \
  "table{border-collapse:collapse;width:100%}\n" \
  "th{text-align:left;font-size:12px;font-weight:600;color:var(--soft);" \
  "padding:6px 10px 6px 0;border-bottom:1px solid var(--line);" \
  "vertical-align:bottom}\n" \
  "td{padding:8px 10px 8px 0;border-bottom:1px solid var(--line);" \
  "vertical-align:middle}\n" \
  "tr:last-child td{border-bottom:0}\n" \
  "td.name{overflow-wrap:anywhere;min-width:180px}\n" \
  "td.name small{display:block;color:var(--soft)}\n" \
  "td.number,th.number{text-align:right;white-space:nowrap;" \
  "font-variant-numeric:tabular-nums}\n" \
  "td.chart{width:240px}td.chart small{display:flex;" \
  "justify-content:space-between;color:var(--soft);font-size:11px;" \
  "line-height:1.2}\n" \
  ".bad{color:var(--bad);font-weight:600}.good{color:var(--good)}\n" \
  ".mark{display:inline-block;font-size:11px;font-weight:600;" \
  "padding:0 7px;border-radius:9px;background:#fbe9e7;color:var(--bad);" \
  "margin:2px 4px 0 0}\n" \
  "pre{background:var(--back);border:1px solid var(--line);" \
  "border-radius:6px;padding:10px 12px;white-space:pre-wrap;" \
  "overflow-wrap:anywhere;user-select:all;margin:8px 0}\n" \
  "code{overflow-wrap:anywhere}details{margin:8px 0}" \
  "summary{cursor:pointer}\n" \
  "ul{margin:4px 0 10px;padding-left:20px}li{overflow-wrap:anywhere}\n" \
  "svg{display:block;width:100%;height:auto}\n" \
  "svg .zero{stroke:var(--line);stroke-width:1;stroke-dasharray:2 2}\n" \
  "svg .origin{stroke:var(--a);fill:var(--a)}" \
  "svg .dequant{stroke:var(--b);fill:var(--b)}\n" \
  "svg .box{fill-opacity:.25;stroke-width:1}" \
  "svg .median{stroke-width:2}svg .range{stroke:none}\n" \
  ".key{display:inline-block;width:10px;height:10px;border-radius:2px;" \
  "margin:0 4px 0 10px}.key.a{background:var(--a)}" \
  ".key.b{background:var(--b)}\n" \
  "@media(max-width:760px){main{padding:16px 10px 40px}" \
  "section{padding:14px}thead{display:none}" \
  "table,tbody,tr,td{display:block;width:100%}" \
  "tr{border-bottom:1px solid var(--line);padding:8px 0}" \
  "tr:last-child{border-bottom:0}" \
  "td,td.chart{border:0;padding:2px 0;width:100%}" \
  "td.number{display:flex;justify-content:space-between;" \
  "text-align:right}td[data-label]:before{content:attr(data-label);" \
  "color:var(--soft);font-weight:400}td.name{min-width:0}}\n"
