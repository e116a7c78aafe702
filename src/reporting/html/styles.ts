/** The page's own style sheet. Its hash stands in the page's content security policy. */
export const STYLES: string = `
:root{color-scheme:light;
--bg:#f6f7f8;--surface:#fff;--sunken:#f1f3f5;--ink:#171b21;--dim:#5a6472;--faint:#8a94a3;--line:#e1e5ea;--line-strong:#cdd3db;
--accent:#b84a0e;--accent-soft:#fdf0e7;--good:#177245;--good-soft:#e5f4ec;--warn:#94610a;--warn-soft:#fdf3dc;--bad:#b42a24;--bad-soft:#fceae9;
--fill-good:#2f9e66;--fill-warn:#dc9d22;--fill-bad:#d8544c;--k:#8b2f8f;--s:#1d6b3f;--n:#a0500f;--c:#77818f;--f:#1f5fa8;
--mono:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif}
:root[data-theme=dark]{color-scheme:dark;
--bg:#0e1116;--surface:#151a21;--sunken:#10151b;--ink:#e5e9ef;--dim:#9aa5b4;--faint:#6f7a89;--line:#262d37;--line-strong:#38414d;
--accent:#f2975a;--accent-soft:#2c1d13;--good:#56c590;--good-soft:#12281e;--warn:#e0b252;--warn-soft:#2a2213;--bad:#f3857e;--bad-soft:#301a1a;
--fill-good:#3fae78;--fill-warn:#d3a03c;--fill-bad:#e0675f;--k:#cf9be0;--s:#8fce9f;--n:#e6aa74;--c:#76818f;--f:#86b6f0}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;
--bg:#0e1116;--surface:#151a21;--sunken:#10151b;--ink:#e5e9ef;--dim:#9aa5b4;--faint:#6f7a89;--line:#262d37;--line-strong:#38414d;
--accent:#f2975a;--accent-soft:#2c1d13;--good:#56c590;--good-soft:#12281e;--warn:#e0b252;--warn-soft:#2a2213;--bad:#f3857e;--bad-soft:#301a1a;
--fill-good:#3fae78;--fill-warn:#d3a03c;--fill-bad:#e0675f;--k:#cf9be0;--s:#8fce9f;--n:#e6aa74;--c:#76818f;--f:#86b6f0}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.55 var(--sans);font-variant-numeric:tabular-nums}
h1,h2,h3,h4,p,ul,ol,dl,dd,figure{margin:0;padding:0}
button,input{font:inherit;color:inherit}
code,pre,.mono{font-family:var(--mono);font-size:.92em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
.wrap{max-width:1120px;margin:0 auto;padding:0 28px}
.skip{position:absolute;left:-999px;top:8px;background:var(--surface);padding:8px 14px;border-radius:6px;z-index:9}
.skip:focus{left:8px}
.bar{border-bottom:1px solid var(--line);background:var(--surface)}
.bar .wrap{display:flex;align-items:center;gap:12px;height:52px}
.brand{display:flex;align-items:center;gap:9px;font-weight:650;letter-spacing:-.01em}
.brand svg{display:block}
.bar .what{color:var(--dim)}
.bar button{margin-left:auto}
.quiet{border:1px solid var(--line);background:var(--surface);border-radius:7px;padding:4px 11px;font-size:13px;color:var(--dim);cursor:pointer}
.quiet:hover{border-color:var(--line-strong);color:var(--ink)}
.hero{background:var(--surface);border-bottom:1px solid var(--line);padding:34px 0 0}
.hero h1{font-size:29px;line-height:1.2;font-weight:680;letter-spacing:-.022em;display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 12px;overflow-wrap:anywhere}
.hero h1 .ver{font-weight:450;color:var(--dim);font-size:20px;letter-spacing:-.01em}
.pill{display:inline-flex;align-items:center;gap:7px;font-size:13px;font-weight:600;padding:3px 11px;border-radius:99px;letter-spacing:0;align-self:center}
.pill::before{content:"";width:7px;height:7px;border-radius:50%;background:currentColor}
.pill.good{color:var(--good);background:var(--good-soft)}.pill.warn{color:var(--warn);background:var(--warn-soft)}.pill.bad{color:var(--bad);background:var(--bad-soft)}
.lede{margin-top:10px;font-size:16px;color:var(--dim);max-width:72ch}
.lede b{color:var(--ink);font-weight:620}
.metrics{display:grid;grid-template-columns:repeat(4,1fr);margin-top:28px;border-top:1px solid var(--line)}
.metric{padding:18px 22px 20px;border-left:1px solid var(--line)}
.metric:first-child{border-left:0;padding-left:0}
.metric dt{font-size:13px;color:var(--dim)}
.metric .big{font-size:31px;line-height:1.25;font-weight:640;letter-spacing:-.03em;margin-top:2px}
.metric .big small{font-size:19px;font-weight:560;color:var(--dim);letter-spacing:-.01em}
.metric .sub{font-size:13px;color:var(--dim);min-height:20px}
.metric svg{display:block;width:100%;height:5px;margin:9px 0 7px;border-radius:3px}
.track{fill:var(--line)}.f-good{fill:var(--fill-good)}.f-warn{fill:var(--fill-warn)}.f-bad{fill:var(--fill-bad)}.f-faint{fill:var(--faint)}.f-accent{fill:var(--accent)}.f-base{fill:var(--faint)}
.tabs{position:sticky;top:0;z-index:5;background:var(--surface);border-bottom:1px solid var(--line)}
.tabs [role=tablist]{display:flex;gap:4px;overflow-x:auto;scrollbar-width:none}
.tabs button{border:0;background:none;padding:13px 12px 11px;color:var(--dim);cursor:pointer;border-bottom:2px solid transparent;white-space:nowrap;font-size:14.5px}
.tabs button:first-child{margin-left:-12px}
.tabs button:hover{color:var(--ink)}
.tabs button[aria-selected=true]{color:var(--ink);font-weight:600;border-bottom-color:var(--accent)}
.tabs .n{font-size:12.5px;font-weight:500;color:var(--dim);background:var(--sunken);border-radius:99px;padding:1px 8px;margin-left:6px}
.tabs .n.hot{color:var(--warn);background:var(--warn-soft);font-weight:650}
main{padding-top:30px!important;padding-bottom:64px!important}
section[hidden]{display:none}
section>h2{font-size:20px;letter-spacing:-.015em;font-weight:650}
section>.note-p,.intro{color:var(--dim);margin:4px 0 20px;max-width:78ch}
.card{background:var(--surface);border:1px solid var(--line);border-radius:10px}
.left{margin:0 0 28px;padding:14px 18px;border:1px solid var(--line);border-left:3px solid var(--warn);border-radius:8px;background:var(--surface)}
.left h2{font-size:14.5px;font-weight:650}
.left ul{padding-left:18px;margin-top:4px;color:var(--dim)}
.empty{padding:34px 20px;text-align:center;color:var(--dim);background:var(--surface);border:1px dashed var(--line-strong);border-radius:10px}
.finding{padding:20px 22px;margin-bottom:16px}
.finding .top{display:flex;gap:10px;align-items:center;font-size:13px;color:var(--dim);flex-wrap:wrap}
.finding .top code{color:var(--ink)}
.tag{font-size:12.5px;font-weight:620;padding:2px 9px;border-radius:5px;background:var(--warn-soft);color:var(--warn)}
.finding h3{font:600 15px/1.5 var(--mono);margin:10px 0 14px;overflow-wrap:anywhere}
.vs{display:grid;grid-template-columns:92px 1fr;gap:5px 14px;font-size:14px;margin-bottom:16px}
.vs dt{color:var(--dim)}.vs dd{overflow-wrap:anywhere}
.code{position:relative;background:var(--sunken);border:1px solid var(--line);border-radius:8px}
.code pre{margin:0;padding:13px 16px;overflow-x:auto;font-size:13px;line-height:1.6;tab-size:2}
.code .copy{position:absolute;top:7px;right:7px;opacity:0}
.code:hover .copy,.copy:focus-visible{opacity:1}
i{font-style:normal}
i.k,.k{color:var(--k)}i.s{color:var(--s)}i.n{color:var(--n)}i.c{color:var(--c)}i.f{color:var(--f)}i.r{color:var(--s)}
.tools{display:flex;gap:12px;align-items:center;margin:0 0 18px;flex-wrap:wrap}
.tools input{flex:1 1 260px;max-width:420px;background:var(--surface);border:1px solid var(--line-strong);border-radius:8px;padding:7px 12px}
.tools .shown{color:var(--dim);font-size:13.5px}
.group{margin-bottom:22px}
.group>h3{font:600 13px/1.4 var(--mono);color:var(--dim);margin:0 0 8px;overflow-wrap:anywhere}
details.row{border-bottom:1px solid var(--line)}
details.row:last-child{border-bottom:0}
details.row>summary{display:flex;gap:14px;align-items:baseline;padding:10px 16px;cursor:pointer;list-style:none}
details.row>summary::-webkit-details-marker{display:none}
details.row>summary::before{content:"";flex:none;width:6px;height:6px;border-right:1.6px solid var(--faint);border-bottom:1.6px solid var(--faint);transform:translateY(-2px) rotate(-45deg);transition:transform .12s}
details.row[open]>summary::before{transform:translateY(-3px) rotate(45deg)}
details.row>summary:hover{background:var(--sunken)}
details.row>summary .t{flex:1;min-width:0;overflow-wrap:anywhere}
details.row>summary .t .pre{color:var(--dim)}
.chips{display:flex;gap:14px;flex:none;font-size:13px;color:var(--dim)}
.chips b{font-weight:620;color:var(--ink)}
.body{padding:2px 16px 18px 36px}
.proof{display:grid;grid-template-columns:1fr 1fr;gap:18px 34px;margin-top:16px;font-size:13.5px}
.proof h4{font-size:12.5px;font-weight:620;color:var(--dim);margin-bottom:6px}
.proof ul{list-style:none}
.proof li{padding:3px 0;border-top:1px solid var(--line);display:flex;gap:10px;align-items:baseline;min-width:0}
.proof li:first-child{border-top:0}
.proof li .at{color:var(--dim);flex:none;font-size:12.5px}
.proof li code{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;min-width:0}
.meta{margin-top:14px;color:var(--dim);font-size:13px;display:flex;gap:4px 18px;flex-wrap:wrap}
.cov summary .t{font-family:var(--mono);font-size:13px}
.cov .nums{display:grid;grid-template-columns:84px 74px 74px 74px;gap:14px;align-items:center;flex:none;font-size:13.5px;text-align:right}
.cov .nums svg{width:84px;height:5px;border-radius:3px}
.cov .head{display:flex;gap:14px;padding:9px 16px 9px 36px;border-bottom:1px solid var(--line);font-size:12.5px;color:var(--dim)}
.cov .head .t{flex:1}.cov .head .nums{font-size:12.5px}
.cov .nums .zero{color:var(--faint)}
.cov .body{padding:0;border-top:1px solid var(--line);overflow-x:auto;max-height:min(80vh,900px);overflow-y:auto}
table.src{border-collapse:collapse;width:100%;font:12.5px/1.62 var(--mono);tab-size:2}
table.src td{padding:0;vertical-align:top}
table.src .ln{width:1%;min-width:46px;padding:0 10px 0 16px;text-align:right;color:var(--faint);user-select:none}
table.src .hc{width:1%;min-width:54px;padding:0 10px 0 4px;text-align:right;color:var(--dim);font-size:11px;user-select:none;border-right:3px solid transparent;white-space:nowrap}
table.src .cd{padding:0 16px;white-space:pre}
tr.hit .hc{border-right-color:var(--fill-good)}tr.part .hc{border-right-color:var(--fill-warn)}tr.miss .hc{border-right-color:var(--fill-bad);color:var(--bad)}
tr.miss .cd{background:var(--bad-soft)}
i.un{background:var(--bad-soft)}tr:not(.miss) i.un{box-shadow:0 1px 0 var(--bad)}
i.br{background:var(--warn-soft);box-shadow:0 1px 0 var(--warn)}
.note{font:600 11px/1 var(--sans);color:var(--warn);background:var(--warn-soft);border-radius:4px;padding:2px 6px;margin-left:10px;white-space:nowrap}
.legend{display:flex;gap:8px 22px;flex-wrap:wrap;font-size:13px;color:var(--dim);margin:0 0 14px}
.legend span{display:inline-flex;align-items:center;gap:7px}
.legend span::before{content:"";width:10px;height:10px;border-radius:2px;background:var(--x)}
.l-good{--x:var(--fill-good)}.l-warn{--x:var(--fill-warn)}.l-bad{--x:var(--fill-bad)}.l-faint{--x:var(--faint)}.l-line{--x:var(--line-strong)}.l-accent{--x:var(--accent)}
.stack{display:block;width:100%;height:10px;border-radius:5px;margin:0 0 12px}
.mte{display:block;width:100%;height:max(620px,84vh);border:1px solid var(--line);border-radius:10px;margin-top:22px;background:var(--surface)}
table.list{border-collapse:collapse;width:100%;font-size:14px}
table.list th{font-weight:500;font-size:12.5px;color:var(--dim);text-align:left;padding:9px 16px;border-bottom:1px solid var(--line)}
table.list td{padding:8px 16px;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
table.list tr:last-child td{border-bottom:0}
table.list .num,table.list th.num{text-align:right;white-space:nowrap}
.facts{display:grid;grid-template-columns:1fr 1fr;gap:20px;align-items:start}
.facts .card{padding:18px 20px}
.facts h3{font-size:15px;font-weight:640;margin-bottom:10px}
.facts dl{display:grid;grid-template-columns:minmax(110px,auto) 1fr;gap:7px 18px;font-size:14px}
.facts dt{color:var(--dim)}.facts dd{overflow-wrap:anywhere}
.facts pre{margin:0;padding:11px 14px;background:var(--sunken);border-radius:7px;overflow-x:auto;font-size:13px}
.facts p{color:var(--dim);font-size:13.5px;margin:8px 0 12px}
footer{border-top:1px solid var(--line);padding:20px 0 46px;color:var(--dim);font-size:13px}
footer details{margin-top:8px}footer pre{white-space:pre-wrap;font-size:11.5px;max-height:300px;overflow:auto}
footer summary{cursor:pointer}
@media (max-width:860px){.wrap{padding:0 18px}.metrics{grid-template-columns:1fr 1fr}.metric{padding-left:18px;border-bottom:1px solid var(--line)}.metric:nth-child(odd){border-left:0;padding-left:0}.metric:nth-child(n+3){border-bottom:0}.proof,.facts{grid-template-columns:1fr}.cov .nums{grid-template-columns:64px}.cov .nums>*:not(:nth-child(2)){display:none}.body{padding-left:16px}.chips span:nth-child(n+2){display:none}}
@media print{.tabs,.bar button,.copy,.tools{display:none!important}section[hidden]{display:block!important}body{background:#fff}section{break-before:page}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
`;
