// What the pager says in Spanish, as ICU messages.

import type { Texts } from './catalogue.ts'

export const es: Texts = {
  connectionLost:
    'Linda Bot Alerta: desconexión de QR detectada en {where}. Se intenta reconectar automáticamente. Próxima actualización en {next, number} min.',
  qrRegenerationFailed: 'Linda Bot Alerta: falló la regeneración del QR de {where}.',
  healthDropped: 'Linda Bot Alerta: ha bajado la salud de {where}.',
  agentDown: 'Linda Bot Alerta: un agente no responde ({where}); nadie vigila sus cuentas.',
  heartbeatLost: 'Linda Bot Alerta: ya no llega nada de Alertmanager. Puede que no reciba alertas.',
  test: 'Linda Bot Alerta: esto es una prueba. No ha pasado nada.',
  other: 'Linda Bot Alerta: {issue} en {where}. {summary}',
  resolved: 'Linda Bot: {issue} en {where} ha terminado.',
  again: 'De nuevo: {headline}',
  worse: 'Ahora es peor: {headline}',
  several: '{count, plural, one {# alerta} other {# alertas}}',
  fleet: 'la flota',
  action: 'Acción: {action}',
  runbook: 'Guía: {link}',
  link: 'Confirmar: {link}',
  reply: 'Responda {code} para confirmar.',
  press: 'Pulse 1 para confirmar.',
  thanks: 'Confirmado. No habrá más avisos hasta que termine o empeore.',
  over: 'Este aviso ya ha terminado.',
  wrongKey: 'Esa tecla no hace nada.',
  wrongReply: 'Ningún aviso abierto tiene ese número.',
  button: 'Confirmar',
  title: 'Linda: {issue}',
}
