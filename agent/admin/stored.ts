// A store that is away is nobody's mistake and no accident of this program: 503, and when to ask again.

import { StoreError } from '../store/sql.ts'
import { Problem } from './problem.ts'

export async function stored<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw new Problem(503, 'store-away', 'the store cannot be asked now; nothing was changed', {
      'retry-after': '10',
    })
  }
}
