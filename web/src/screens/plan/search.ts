/** Which part of the plan one looks at. */
export interface PlanSearch {
  /** Only what is mine, or where something is mine to do. */
  mine?: '1';
  state?: 'open' | 'done' | 'archived';
}

export const planSearch = ({ mine, state }: Record<string, unknown>): PlanSearch => ({
  ...(mine === '1' ? { mine } : {}),
  ...(state === 'open' || state === 'done' || state === 'archived' ? { state } : {}),
});

export interface CalendarSearch {
  view?: 'month' | 'quarter';
  rows?: 'programme' | 'segment';
  /** A day in what is shown. */
  at?: string;
}

export const calendarSearch = ({ view, rows, at }: Record<string, unknown>): CalendarSearch => ({
  ...(view === 'month' || view === 'quarter' ? { view } : {}),
  ...(rows === 'programme' || rows === 'segment' ? { rows } : {}),
  ...(typeof at === 'string' && /^\d{4}-\d\d-\d\d$/.test(at) && !Number.isNaN(Date.parse(at)) ? { at } : {}),
});
