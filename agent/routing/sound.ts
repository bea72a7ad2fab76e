// Numbers that come from elsewhere, made fit to be divided by and compared: nothing here is NaN, and no weight is zero.

/** The number within its limits, or `otherwise` where it is none. */
export function within(value: number, min: number, max: number, otherwise: number): number {
  return Number.isNaN(value) ? otherwise : Math.min(max, Math.max(min, value))
}

export const weightOf = (weight: number): number => within(weight, 0.1, 100, 1)
export const priorityOf = (priority: number): number => within(priority, 1, 100, 100)
/** A load beyond this is as good as endless. */
export const activeOf = (active: number): number => within(active, 0, 1e9, 0)
