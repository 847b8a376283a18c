// In the head, before anything is drawn: the theme the reader chose here, if any.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch { /* storage may be forbidden: the system's theme stays */ }
document.documentElement.classList.add("js");
