import { useEffect, useRef, useState } from 'react';
import type { Said } from '../../../../server/content/blocks-contract.ts';
import { type Audience, type FullContent, getContent, saveContent } from '../../../../server/content/contract.ts';
import { ApiError, call } from '../../api.ts';
import { queryClient, refresh } from '../../queries.ts';
import { contentQuery, refreshContents } from './queries.ts';

export interface Draft {
  said: Said;
  name: string;
}
/** `conflict`: somebody else saved meanwhile; nothing of either is lost. */
export type Saving = 'saved' | 'waiting' | 'saving' | 'failed' | 'conflict';

/** Milliseconds after the last stroke. */
const pause = 900;

/** A content as it is being written: kept by itself, one saving after the other, each on top of what was last seen. */
export function useDraft(content: FullContent) {
  const [draft, setDraft] = useState<Draft>({ said: content.said, name: content.name });
  const [saving, setSaving] = useState<Saving>('saved');
  const latest = useRef(draft);
  const kept = useRef(draft);
  const edition = useRef(content.edition);
  const busy = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const save = async (): Promise<boolean> => {
    clearTimeout(timer.current);
    if (busy.current) return false;
    if (latest.current === kept.current) return true;
    const sent = latest.current;
    busy.current = true;
    setSaving('saving');
    try {
      const name = sent.name.trim() === '' ? content.name : sent.name;
      const answer = await call(saveContent, {
        contentId: content.id,
        edition: edition.current,
        name,
        said: sent.said,
      });
      edition.current = answer.edition;
      kept.current = sent;
      setSaving(latest.current === sent ? 'saved' : 'waiting');
      queryClient.setQueryData(contentQuery(content.id).queryKey, (old) =>
        old ? { ...old, name, said: sent.said, ...answer } : old,
      );
      void refreshContents();
    } catch (error) {
      setSaving(error instanceof ApiError && error.code === 'conflict' ? 'conflict' : 'failed');
      return false;
    } finally {
      busy.current = false;
    }
    return latest.current === sent ? true : save();
  };

  const change = (next: Partial<Draft>): void => {
    latest.current = { ...latest.current, ...next };
    setDraft(latest.current);
    setSaving((before) => (before === 'conflict' || before === 'saving' ? before : 'waiting'));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void flush.current(), pause);
  };

  const flush = useRef(save);
  useEffect(() => {
    flush.current = saving === 'conflict' ? async () => false : save;
  });
  // What was typed last is kept, too, when one leaves.
  useEffect(
    () => () => {
      void flush.current();
    },
    [],
  );

  /** Takes what somebody else saved, or puts mine on top of it: theirs stays among the versions. */
  const settle = async (whose: 'mine' | 'theirs'): Promise<void> => {
    const now = await call(getContent, { contentId: content.id });
    edition.current = now.edition;
    if (whose === 'theirs') {
      latest.current = { said: now.said, name: now.name };
      kept.current = latest.current;
      setDraft(latest.current);
      setSaving('saved');
    } else await save();
    void refreshContents();
  };

  /** Shows it to others: what stands there is kept before. @returns whether that was done */
  const share = async (audience: Audience): Promise<boolean> => {
    if (!(await save())) return false;
    const answer = await call(saveContent, { contentId: content.id, edition: edition.current, audience });
    edition.current = answer.edition;
    await Promise.all([refresh(getContent), refreshContents()]);
    return true;
  };

  return { draft, change, saving, save, settle, share, edition };
}
