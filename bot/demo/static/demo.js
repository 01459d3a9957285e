/* There is room for the whole bar on a wide page; without a script it opens when it is pressed. */
{
  const bar = document.querySelector(".demo details");
  const wide = matchMedia("(min-width: 60rem)");
  const fit = () => { bar.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
}
