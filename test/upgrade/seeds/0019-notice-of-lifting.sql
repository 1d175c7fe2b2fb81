update restriction set notice_by = 'mail', notice_digest = '\x90';
