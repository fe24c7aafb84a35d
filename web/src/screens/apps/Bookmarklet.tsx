import { Button } from '@mantine/core';
import { IconBookmark } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { t } from '../../i18n.ts';

/** Takes what is selected on a page, or the first address written to on it, to a small window of ours. */
const script = (origin: string) =>
  `javascript:(()=>{const s=String(getSelection()).trim();const m=document.querySelector('a[href^="mailto:"]');` +
  `const q=s||(m?decodeURIComponent(m.href.slice(7).split('?')[0]):prompt('E-mail')||'');` +
  `if(q)open(${JSON.stringify(`${origin}/embed/person#`)}+encodeURIComponent(q.slice(0,200)),'entregent','width=420,height=640')})()`;

/** A button to be dragged to the browser's bookmarks. React leaves out addresses that run, rightly: this one is set by hand. */
export function Bookmarklet() {
  const anchor = useRef<HTMLAnchorElement>(null);
  useEffect(() => anchor.current?.setAttribute('href', script(location.origin)), []);
  return (
    <Button
      component="a"
      ref={anchor}
      draggable
      variant="default"
      leftSection={<IconBookmark size={18} aria-hidden />}
      onClick={(event) => event.preventDefault()}
    >
      {t('apps.bookmarkletName')}
    </Button>
  );
}
