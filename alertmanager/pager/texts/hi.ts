// What the pager says in Hindi, as ICU messages.

import type { Texts } from './catalogue.ts'

export const hi: Texts = {
  connectionLost:
    'Linda Bot चेतावनी: {where} पर QR कनेक्शन टूट गया है। अपने आप दोबारा जोड़ने की कोशिश हो रही है। अगली सूचना {next, number} मिनट में।',
  qrRegenerationFailed: 'Linda Bot चेतावनी: {where} का QR दोबारा नहीं बन सका।',
  healthDropped: 'Linda Bot चेतावनी: {where} की स्थिति बिगड़ गई है।',
  agentDown: 'Linda Bot चेतावनी: एक एजेंट ({where}) जवाब नहीं दे रहा है; उसके खातों पर कोई नज़र नहीं रख रहा।',
  heartbeatLost: 'Linda Bot चेतावनी: Alertmanager से अब कुछ नहीं आ रहा है। चेतावनियाँ आप तक शायद न पहुँचें।',
  test: 'Linda Bot चेतावनी: यह केवल परीक्षण है। कुछ नहीं हुआ है।',
  other: 'Linda Bot चेतावनी: {where} पर {issue}। {summary}',
  resolved: 'Linda Bot: {where} पर {issue} समाप्त हुआ।',
  again: 'फिर से: {headline}',
  worse: 'अब और गंभीर: {headline}',
  several: '{count, plural, one {# चेतावनी} other {# चेतावनियाँ}}',
  fleet: 'पूरे बेड़े',
  action: 'क्या करें: {action}',
  runbook: 'निर्देश: {link}',
  link: 'स्वीकार करें: {link}',
  reply: 'स्वीकार करने के लिए {code} लिखकर भेजें।',
  press: 'स्वीकार करने के लिए 1 दबाएँ।',
  thanks: 'स्वीकार किया गया। समाप्त होने या बिगड़ने तक कोई सूचना नहीं आएगी।',
  over: 'यह चेतावनी पहले ही समाप्त हो चुकी है।',
  wrongKey: 'इस बटन से कुछ नहीं होता।',
  wrongReply: 'इस संख्या की कोई खुली चेतावनी नहीं है।',
  button: 'स्वीकार करें',
  title: 'Linda: {issue}',
}
