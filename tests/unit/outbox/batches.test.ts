// Items that are written together do not suffer from one another, and a store that is away is not asked once for each of them.

import { expect, it } from 'vitest'
import { Batches } from '../../../agent/outbox/batches.ts'

function stage(refuses: (item: number) => boolean) {
  const asked: number[][] = []
  const batches = new Batches<number, number>(async (items) => {
    asked.push(items)
    const bad = items.find(refuses)
    if (bad !== undefined) throw new Error(`not ${bad}`)
    return items.map((item) => item * 10)
  })
  const put = (items: number[]) => Promise.allSettled(items.map((item) => batches.put(item)))
  const answers = async (items: number[]) =>
    (await put(items)).map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).message))
  return { asked, answers }
}

it('one that cannot be written does not take the others with it', async () => {
  const { asked, answers } = stage((item) => item === 3)
  expect(await answers([1, 2, 3, 4, 5])).toEqual([10, 20, 'not 3', 40, 50])
  expect(asked).toEqual([[1, 2, 3, 4, 5], [1], [2], [3], [4], [5]])
})

it('a store that is away is asked three times for a hundred items', async () => {
  const { asked, answers } = stage(() => true)
  expect(new Set(await answers(Array.from({ length: 100 }, (_, i) => i)))).toEqual(
    new Set(['not 0', 'not 1']),
  )
  expect(asked).toHaveLength(3)
})

it('one alone that fails is asked once', async () => {
  const { asked, answers } = stage(() => true)
  expect(await answers([7])).toEqual(['not 7'])
  expect(asked).toEqual([[7]])
})
