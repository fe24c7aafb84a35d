import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listReplies, seeReplies } from '../../../../server/home/contract.ts';
import { call } from '../../api.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { refresh } from '../../queries.ts';
import { TextLink } from '../../ui/links.tsx';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import classes from './Home.module.css';
import { unseenQuery } from './queries.ts';

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
                {t('home.said', {
                  who: reply.authorName,
                  when: ago(reply.at),
                  about: reply.contacts.length > 0 ? 'yes' : 'no',
                })}{' '}
                {reply.contacts.map(({ id, name }, at) => (
                  <span key={id}>
                    {at > 0 && ', '}
                    <TextLink underline="always" to="/people/$personId" params={{ personId: id }} size="sm">
                      {name || t('contacts.nameless')}
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
