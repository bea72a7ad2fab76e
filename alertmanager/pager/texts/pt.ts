// What the pager says in Portuguese, as ICU messages.

import type { Texts } from './catalogue.ts'

export const pt: Texts = {
  connectionLost:
    'Linda Bot Alerta: desconexão de QR detectada em {where}. Tentando reconectar automaticamente. Próxima atualização em {next, number} min.',
  qrRegenerationFailed: 'Linda Bot Alerta: a regeneração do QR de {where} falhou.',
  healthDropped: 'Linda Bot Alerta: a saúde de {where} caiu.',
  agentDown: 'Linda Bot Alerta: um agente não responde ({where}); ninguém vigia as suas contas.',
  heartbeatLost: 'Linda Bot Alerta: nada mais chega do Alertmanager. Os alertas podem não chegar até você.',
  test: 'Linda Bot Alerta: isto é um teste. Nada aconteceu.',
  other: 'Linda Bot Alerta: {issue} em {where}. {summary}',
  resolved: 'Linda Bot: {issue} em {where} terminou.',
  again: 'De novo: {headline}',
  worse: 'Agora pior: {headline}',
  several: '{count, plural, one {# alerta} other {# alertas}}',
  fleet: 'a frota',
  action: 'Ação: {action}',
  runbook: 'Guia: {link}',
  link: 'Confirmar: {link}',
  reply: 'Responda {code} para confirmar.',
  press: 'Pressione 1 para confirmar.',
  thanks: 'Confirmado. Não haverá novos avisos até que termine ou piore.',
  over: 'Este aviso já terminou.',
  wrongKey: 'Essa tecla não faz nada.',
  wrongReply: 'Nenhum aviso aberto tem esse número.',
  button: 'Confirmar',
  title: 'Linda: {issue}',
}
