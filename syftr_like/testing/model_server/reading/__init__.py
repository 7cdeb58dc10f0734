"""How the stand-in reads text: words, sentences, the parts of a prompt, the form it asks for."""
