import Markdown from 'markdown-to-jsx/react';
import classes from './Prose.module.css';

interface ProseProps {
  /** Markdown; HTML in it is shown as text. */
  text: string;
  /** The language it is written in, where that is not the page's. */
  lang?: string;
  /** How far its headings go down, below those of the page. */
  below?: 1 | 2;
}

/** A text that people wrote, for reading. */
export function Prose({ text, lang, below = 1 }: ProseProps) {
  const down = (level: 1 | 2 | 3) => ({ component: `h${Math.min(level + below, 6)}` as 'h2' });
  return (
    <div className={classes.prose} lang={lang}>
      <Markdown
        options={{
          disableParsingRawHTML: true,
          forceBlock: true,
          slugify: () => '',
          overrides: { h1: down(1), h2: down(2), h3: down(3) },
        }}
      >
        {text}
      </Markdown>
    </div>
  );
}
