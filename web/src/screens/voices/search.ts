import { type Aspect, aspects, type Period, periods } from '../../../../server/voices/contract.ts';

/** What stands in the address of the picture; left out is what it begins with. */
export interface VoicesSearch {
  days?: Period;
  by?: 'channel' | 'week' | 'standing';
  count?: 'messages' | 'voices';
  tone?: 'negative' | 'all';
  channel?: string;
  /** The cell whose messages are open. */
  topic?: string;
  column?: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const key = /^(?:[0-9a-f-]{10,36}|customer|in_talks|lost|other)$/;

/** Reads the address; what makes no sense is left out rather than refused. */
export function voicesSearch(raw: Record<string, unknown>): VoicesSearch {
  const days = periods.find((one) => String(one) === String(raw.days));
  const cell = typeof raw.topic === 'string' && uuid.test(raw.topic) && typeof raw.column === 'string';
  return {
    ...(days && days !== 30 ? { days } : {}),
    ...(raw.by === 'week' || raw.by === 'standing' ? { by: raw.by } : {}),
    ...(raw.count === 'voices' ? { count: 'voices' as const } : {}),
    ...(raw.tone === 'all' ? { tone: 'all' as const } : {}),
    ...(typeof raw.channel === 'string' && uuid.test(raw.channel) ? { channel: raw.channel } : {}),
    ...(cell && key.test(String(raw.column)) ? { topic: String(raw.topic), column: String(raw.column) } : {}),
  };
}

/** What stands in the address of the weights. */
export interface WeightSearch {
  days?: Period;
  tone?: 'negative' | 'any';
  aspect?: Aspect;
  /** The topic whose people are open. */
  topic?: string;
}

export function weightSearch(raw: Record<string, unknown>): WeightSearch {
  const days = periods.find((one) => String(one) === String(raw.days));
  const aspect = aspects.find((one) => one === raw.aspect);
  return {
    ...(days && days !== 30 ? { days } : {}),
    ...(raw.tone === 'any' ? { tone: 'any' as const } : {}),
    ...(aspect ? { aspect } : {}),
    ...(typeof raw.topic === 'string' && uuid.test(raw.topic) ? { topic: raw.topic } : {}),
  };
}
