update projection_state set unsure = true;
