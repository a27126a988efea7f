// White space, what Unicode makes not to show, and the blank of Braille.
const blank = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Whether a text shows nothing. The server refuses a blank body, name or tag as `invalid`. */
export const isBlank = (text: string): boolean => blank.test(text);
