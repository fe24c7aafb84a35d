/** A thing in a service's JSON, of which nothing is taken for granted. */
export type Thing = Record<string, unknown>;

export const isThing = (value: unknown): value is Thing =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of this name, without blanks around it; '' where there is none. */
export function textOf(thing: Thing, name: string): string {
  const value = thing[name];
  return typeof value === 'string' ? value.trim() : '';
}

export function thingOf(thing: Thing, name: string): Thing {
  const value = thing[name];
  return isThing(value) ? value : {};
}

export function thingsOf(thing: Thing, name: string): Thing[] {
  const value = thing[name];
  return Array.isArray(value) ? value.filter(isThing) : [];
}

export function textsOf(thing: Thing, name: string): string[] {
  const value = thing[name];
  return Array.isArray(value)
    ? value.flatMap((one) => (typeof one === 'string' && one.trim() !== '' ? [one.trim()] : []))
    : [];
}
