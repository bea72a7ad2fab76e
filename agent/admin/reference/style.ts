// How the reference looks: the reader's own fonts, one column, light or dark as the device says.

export const style = `
:root { --paper: #fff; --ink: #1b1d21; --faint: #62666f; --line: #d9dce2; --mark: #f2f4f7; --link: #0b57c2 }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14161a; --ink: #d7dae0; --faint: #8d939e; --line: #2d323a; --mark: #1d2026; --link: #7fb2ff }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.5rem } h1 small, small, .role { color: var(--faint); font-weight: normal }
h2 { border-bottom: 1px solid var(--line); margin-top: 2.5rem }
h3 { font-size: 1rem; margin: 1rem 0 .25rem }
a { color: var(--link) }
nav a { display: inline-block; padding: .35rem .5rem }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: 0 .75rem }
details[open] { padding-bottom: .75rem }
summary { cursor: pointer; padding: .6rem 0 } summary span { color: var(--faint) }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--link) }
pre { background: var(--mark); border-radius: .4rem; overflow-x: auto; padding: .6rem; font-size: .85rem; white-space: pre-wrap }
code { font-size: .9em }
dl { margin: 0 } dt { margin-top: .6rem } dd { margin: 0 0 0 1rem } dd p { margin: .15rem 0 }
b.get { color: #1a7f4b } b.post, b.put { color: #a35a00 } b.delete { color: #b3261e }
@media (prefers-color-scheme: dark) { b.get { color: #5fd39a } b.post, b.put { color: #f0b35b } b.delete { color: #ff8a80 } }
`
