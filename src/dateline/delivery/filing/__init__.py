"""Files written into an outlet's folder: what SFTP and FTP have in common."""
