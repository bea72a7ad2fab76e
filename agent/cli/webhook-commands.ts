// The command lines of webhooks: what they are called and which options they take.

import type { Command } from 'commander'
import { exits } from './exits.ts'
import { asJson, JSON_HELP } from './group.ts'
import type { CommandIo } from './io.ts'
import { redriveWebhook, showDead, showWebhooks } from './webhooks.ts'

/** @param finish is told the exit status */
export function addWebhookCommands(program: Command, io: CommandIo, finish: (status: number) => void): void {
  const webhooks = program
    .command('webhooks')
    .description('list the webhooks of a running agent and what waits for them')
    .option('--json', JSON_HELP)
    .action(async ({ json }) => finish(await showWebhooks({ json: json === true }, io)))
  exits(webhooks, {})
  exits(
    webhooks
      .command('dead')
      .description('list the dead letters of a webhook, the newest first')
      .argument('<webhook>', 'its id')
      .option('--limit <count>', 'how many, up to 1000', '100')
      .action(async (webhook, { limit }, command) =>
        finish(await showDead(webhook, { ...asJson(command), limit }, io)),
      ),
    {},
  )
  exits(
    webhooks
      .command('redrive')
      .description('have dead letters of a webhook tried again, in their old order')
      .argument('<webhook>', 'its id')
      .argument('[deliveries...]', 'ids of deliveries')
      .option('--all', 'every dead letter, and what waits after a failure at once')
      .action(async (webhook, deliveries, { all }, command) =>
        finish(await redriveWebhook(webhook, deliveries, { all: all === true, ...asJson(command) }, io)),
      ),
    {},
  )
}
