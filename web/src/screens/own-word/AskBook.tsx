import { Button, Group, Modal, Stack } from '@mantine/core';
import { IconUserCheck } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { askBook, getRound, type Round } from '../../../../server/self-update/contract.ts';
import { call } from '../../api.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LanguageChoice } from './AskThem.tsx';
import classes from './OwnWord.module.css';
import { roundQuery } from './queries.ts';

interface BookNamed {
  id: string;
  name: string;
}

/** Asks everybody in a book of mine to check their details, at most once a year each. */
export function AskBook({ book }: { book: BookNamed }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="subtle"
        size="compact-md"
        leftSection={<IconUserCheck size={16} aria-hidden />}
        aria-label={t('ownWord.bookOne', { name: book.name })}
        onClick={() => setOpen(true)}
      >
        {t('ownWord.book')}
      </Button>
      {open && <Asking book={book} onClose={() => setOpen(false)} />}
    </>
  );
}

function Asking({ book, onClose }: { book: BookNamed; onClose: () => void }) {
  const { data, error } = useQuery(roundQuery(book.id));
  const [locale, setLocale] = useState(currentLanguage());
  const asking = useMutation({
    mutationFn: () => call(askBook, { bookId: book.id, locale }),
    onSuccess: () => refresh(getRound),
  });
  const running = data?.round?.state === 'running';
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('ownWord.bookOne', { name: book.name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <Stack>
        {data && <p className={classes.text}>{t('ownWord.bookLead', { count: data.reachable })}</p>}
        {data?.round && <Progress round={data.round} />}
        {data && !data.mail && <p role="alert">{t('ownWord.noMail')}</p>}
        <LanguageChoice value={locale} onChange={setLocale} />
        <ErrorNotice error={error ?? asking.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('shell.close')}
          </Button>
          <Button
            loading={asking.isPending || running}
            disabled={!data?.mail || data.reachable === 0}
            onClick={() => asking.mutate()}
          >
            {t('ownWord.bookSend')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Progress({ round: { state, asked, leftOut, createdAt } }: { round: Round }) {
  return (
    <p className={classes.became} role="status">
      {t(state === 'running' ? 'ownWord.bookRunning' : 'ownWord.bookDone', { asked, leftOut, when: ago(createdAt) })}
    </p>
  );
}
