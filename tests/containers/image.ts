/** The image that these tests build and run; another tag than the one that people use. */
export const IMAGE = 'backstop:test';
