/** Somebody said something on a topic. */
export interface Said {
  /** Who spoke, not who noted it. */
  person: string;
  topic: string;
  /** ISO 8601. */
  at: string;
  /** The organisation they spoke for. */
  account?: string;
  /** What is at stake with the account, in the workspace's currency. */
  value?: number;
}

/** One person on one topic, however often they said it and on whatever channel. */
export interface Voice {
  person: string;
  topic: string;
  account?: string;
  value: number;
  first: string;
  last: string;
  times: number;
}

/** What a person, an account and a thousand of value weigh; all of it is shown beside the sum. */
export interface VoiceWeights {
  person: number;
  account: number;
  thousand: number;
}

export interface Weight {
  people: number;
  accounts: number;
  /** Each account's once: the most that was said of it. */
  value: number;
  weight: number;
}

const EVEN: VoiceWeights = { person: 1, account: 0, thousand: 0 };

/** Makes voices of what was said, in the order in which they were first heard; what they said last says whom they speak for. */
export function voicesOf(said: readonly Said[]): Voice[] {
  const voices = new Map<string, Voice>();
  for (const { person, topic, at, account, value = 0 } of [...said].sort((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : 0,
  )) {
    const key = JSON.stringify([person, topic]);
    const voice = voices.get(key);
    if (!voice)
      voices.set(key, {
        person,
        topic,
        ...(account !== undefined && { account }),
        value,
        first: at,
        last: at,
        times: 1,
      });
    else {
      voice.last = at;
      voice.times++;
      voice.value = Math.max(voice.value, value);
      if (account !== undefined) voice.account = account;
    }
  }
  return [...voices.values()];
}

/** What voices on one topic weigh together. A person without an account counts as a person only, their value apart. */
export function weightOf(voices: readonly Voice[], { person, account, thousand }: VoiceWeights = EVEN): Weight {
  const people = new Set(voices.map((voice) => voice.person)).size;
  const values = new Map<string, number>();
  for (const voice of voices) {
    const holder = JSON.stringify(voice.account === undefined ? [voice.person] : [null, voice.account]);
    values.set(holder, Math.max(values.get(holder) ?? 0, voice.value));
  }
  const accounts = new Set(voices.flatMap((voice) => voice.account ?? [])).size;
  const value = [...values.values()].reduce((sum, one) => sum + one, 0);
  return { people, accounts, value, weight: people * person + accounts * account + (value / 1_000) * thousand };
}
