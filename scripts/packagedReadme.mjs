/**
 * The README as the extension's page in VS Code shows it. That page follows links to the web and within itself only, and takes
 * pictures from the web or from its own text; so pictures go into the text, and a link to another file becomes its
 * words, since *Heddle: Open Documentation* opens those files, offline.
 */

/** @param picture gives the bytes of a PNG by its path in the repository */
export function packagedReadme(text, picture) {
  return text
    .replace(/!\[([^\]]*)\]\((?!https?:|data:)([^)\s]+\.png)\)/g, (_, words, path) => {
      return `![${words}](data:image/png;base64,${picture(path).toString('base64')})`;
    })
    .replace(/(?<!!)\[([^\]]*)\]\((?!https?:|#|data:)[^)\s]+\)/g, (_, words) => words);
}
