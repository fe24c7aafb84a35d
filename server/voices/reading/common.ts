/** Words too common to speak of anything, in French and English, as `fold` writes them. */
export const COMMON: ReadonlySet<string> = new Set(
  `a an the and or but of to in on at for with from by is are was were be been am i you he she it we they me my your our his her its their this
  that these those so as if do does did has have had not no will would can could just very too all any more most than then there here when what
  who how why which about into out up down over after before again only also don't it's i'm i've can't didn't doesn't isn't you're
  please thanks thank hello hi dear get got one some other them because much many still even now been really
  le la les un une des du de d l et ou mais a au aux en dans sur pour par avec est sont suis es ai as avons avez ont je j tu il elle on nous
  vous ils elles me m te t se s c ce cette ces cet mon ma mes ton ta tes votre vos notre nos son sa ses leur leurs qui que qu quoi dont ou ne n
  pas plus tres si y etre avoir fait faire tout tous toute toutes bien aussi comme meme sans apres avant depuis quand car donc alors encore
  bonjour bonsoir merci madame monsieur cordialement svp ete etait peut peux rien deja trop peu cela ca`.split(/\s+/),
);
