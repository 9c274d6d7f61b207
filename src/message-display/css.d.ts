/** esbuild's text loader: the file's content. */
declare module "*.css" {
  const content: string;
  export default content;
}
