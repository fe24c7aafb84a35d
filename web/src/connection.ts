type Listener = () => void;

let answers = true;
const listeners = new Set<Listener>();

/** Every request says whether the server answered it, whatever it said. */
export function noticeAnswer(answered: boolean): void {
  if (answered === answers) return;
  answers = answered;
  for (const listener of listeners) listener();
}

export const isAnswering = (): boolean => answers;

export function onAnswering(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
