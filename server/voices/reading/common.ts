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

/** Words that people write of anything: they hold no topic together, though they may help to tell one from another. */
export const GENERIC: ReadonlySet<string> = new Set(
  `like love loved need needs ever having made help helped longer working works work start started want wants know known going goes went come
  came back way time times day days today tomorrow yesterday week weeks month months year years hour hours minutes make makes making take takes
  taking took see seen look looks looking use used using let lets never always great good bad best better worst nice awesome amazing people guys
  guy thing things something anything nothing someone anyone everyone everything first last next new another every same sure right wrong long
  little big lot lots kind yes okay cool wow happy sad sorry try tried trying tell told say said says ask asked give gave given keep keeps put
  think thought feel feels seems hope wish believe problem problems issue issues since until while though without through being doing two three
  aller vais vas vont veux veut voudrais vouloir faut fallait jours jour fois ans temps bonne bon bons bonnes super top mieux chose choses quelque
  quelques toujours jamais vraiment tellement beaucoup moins assez deux trois premier premiere dernier derniere nouveau nouvelle mis mettre prendre
  pris voir vu dire dit demander donner passer reste rester autre autres meme certains chaque grand grande petit petite parfait genial nul mauvais
  mauvaise dommage probleme problemes souci soucis besoin aime adore trouve trouver pense crois semble sinon sauf lors pendant parce cause ainsi
  application appli app site service`.split(/\s+/),
);
