import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listReplies, seeReplies } from '../../../../server/home/contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { call } from '../../api.ts';
import { ago } from '../../format.ts';
import { before, t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import classes from './Home.module.css';
import { unseenQuery } from './queries.ts';

type Reply = Output<typeof listReplies>['items'][number];

const nameOf = (name: string): string => name || t('contacts.nameless');

/** Who said when something, up to the name of whom it is about, which follows as a link. */
function saidOf({ authorName: who, at, contacts }: Reply): string {
  const name = contacts[0] ? nameOf(contacts[0].name) : '';
  return before(t('home.said', { who, when: ago(at), about: name ? 'yes' : 'no', name }), name);
}

/** What holders said to me about what I did with their contacts, until I have taken note. */
export function Replies() {
  const replies = useQuery(unseenQuery).data?.items ?? [];
  if (replies.length === 0) return null;
  const seen = () =>
    call(seeReplies, { ids: replies.map(({ id }) => id) })
      .then(() => refresh(listReplies))
      .catch(sayError);
  return (
    <Section
      title={t('home.replies')}
      actions={
        <Button variant="subtle" size="compact-md" onClick={() => void seen()}>
          {t('home.seen')}
        </Button>
      }
    >
      <ul className={classes.feed}>
        {replies.map((reply) => (
          <li key={reply.id} className={classes.line}>
            <div className={classes.said}>
              <span className={classes.quiet}>
                {saidOf(reply)}
                {reply.contacts.map(({ id, name }, at) => (
                  <span key={id}>
                    {at > 0 && ', '}
                    <TextLink underline="always" to="/people/$personId" params={{ personId: id }} size="sm">
                      {nameOf(name)}
                    </TextLink>
                  </span>
                ))}
              </span>
              <blockquote className={classes.reply}>{reply.text}</blockquote>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
