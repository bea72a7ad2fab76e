// The linking page: what is on it is always the last frame of the stream, and a code leaves the screen when its time is over.

import { frames } from './frames.js'

const account = decodeURIComponent(location.pathname.split('/').at(-1) ?? '')
const kept = `linda-link-${account}`
const element = (id) => document.getElementById(id)
const show = (id, visible) => {
  element(id).hidden = !visible
}

/** From the link, which then leaves the address bar; or from an earlier load in this tab. */
function tokenOf() {
  const token = location.hash.slice(1)
  if (token) {
    history.replaceState(null, '', location.pathname)
    sessionStorage.setItem(kept, token)
  }
  return sessionStorage.getItem(kept)
}

let token = tokenOf()
/** When the code on the screen ends, on this page's own clock. */
let endsAt = null
let reading = null

function say(state, words) {
  document.body.dataset.state = state
  if (element('words').textContent !== words) element('words').textContent = words
}

function clear() {
  endsAt = null
  for (const id of ['qr', 'typed', 'countdown', 'turn', 'again']) show(id, false)
}

function draw(frame) {
  element('account').textContent = frame.account
  element('digits').textContent = frame.phoneEnding
  show('ending', true)
  show('ask', false)
  clear()
  say(frame.state, frame.words)
  if (frame.svg) element('picture').src = `data:image/svg+xml,${encodeURIComponent(frame.svg)}`
  show('qr', frame.state === 'code')
  if (frame.state === 'pairing-code')
    element('typed').textContent = `${frame.code.slice(0, 4)}-${frame.code.slice(4)}`
  show('typed', frame.state === 'pairing-code')
  if (frame.lifeLeftMs !== null) endsAt = performance.now() + frame.lifeLeftMs
  if (frame.state === 'code' && frame.turn > 1) {
    element('turn').textContent = `Attempt ${frame.turn} of ${frame.turns}.`
    show('turn', true)
  }
  // A link shows codes and does nothing else: only an operator's token may start over.
  show('again', frame.state === 'expired' && !token.startsWith('link_'))
  tick()
}

function tick() {
  if (endsAt === null) return
  const left = Math.ceil((endsAt - performance.now()) / 1000)
  if (left > 0) {
    element('countdown').textContent = `This code is good for ${left} s.`
    show('countdown', true)
  } else {
    clear()
    say('waiting', 'A code is on its way.')
  }
}

function askForToken(words) {
  clear()
  sessionStorage.removeItem(kept)
  say('refused', words)
  show('ask', true)
}

/** Follows the stream once. Answers whether to try again. */
async function follow(signal) {
  const answer = await fetch(`${encodeURIComponent(account)}/stream`, {
    headers: { authorization: `Bearer ${token}` },
    signal,
  })
  if (answer.status === 401 || answer.status === 403 || answer.status === 429) {
    const { detail } = await answer.json()
    askForToken(`${detail}. Links are good for 15 minutes: ask for a new one.`)
    return false
  }
  if (!answer.ok) {
    const { detail } = await answer.json()
    clear()
    say('unavailable', detail)
    return answer.status !== 404
  }
  for await (const frame of frames(answer.body)) {
    draw(frame)
    if (frame.state === 'linked') return false
  }
  return true
}

async function run() {
  reading?.abort()
  if (!token) return askForToken('This page needs the link that an operator made, or a token.')
  const own = new AbortController()
  reading = own
  for (let wait = 500; !own.signal.aborted; wait = Math.min(wait * 2, 10_000)) {
    const startedAt = performance.now()
    try {
      if (!(await follow(own.signal))) return
    } catch {
      if (own.signal.aborted) return
    }
    clear()
    say('waiting', 'The connection was lost; trying again.')
    if (performance.now() - startedAt > 30_000) wait = 500
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

element('account').textContent = account
element('ask').addEventListener('submit', (event) => {
  event.preventDefault()
  token = element('token').value.trim()
  element('token').value = ''
  sessionStorage.setItem(kept, token)
  run()
})
element('again').addEventListener('click', async () => {
  await fetch(`../api/dashboard/quick-actions/${encodeURIComponent(account)}/reset-qr`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
})
// A page that nobody can see must not count as somebody looking: it would burn codes.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    reading?.abort()
    clear()
    say('waiting', 'Paused while this page is hidden.')
  } else if (document.body.dataset.state !== 'linked') run()
})
setInterval(tick, 250)
if (!document.hidden) run()
