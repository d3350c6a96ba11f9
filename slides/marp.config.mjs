// Settings of Marp CLI: everything that it could fetch from elsewhere is off (emoji pictures, mathematics fonts).
export default {
  html: true,
  allowLocalFiles: true,
  options: { emoji: { unicode: false, shortcode: false }, math: false },
  bespoke: { osc: true, progress: true, transition: false },
}
