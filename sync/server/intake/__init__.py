"""How records come in: lines read and proven, filed by the rules, receipted; and the reviews of them."""
