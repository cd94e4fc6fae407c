;;; emacs.el --- drives gopls with eglot  -*- lexical-binding: t -*-
;; Opens a Go file, starts gopls with eglot, and prints what it answers: emacs --batch -l emacs.el
;; CLIENT_FILE is the file, CLIENT_LINE and CLIENT_COLUMN (from 0) the place to ask about.

(require 'package)
(package-initialize)
(require 'eglot)

;; Eglot starts gopls for a mode of this name; the mode's own package is not needed for that.
(define-derived-mode go-mode prog-mode "Go")
(setq eglot-connect-timeout 60
      eglot-sync-connect t
      jsonrpc-default-request-timeout 60
      make-backup-files nil
      create-lockfiles nil)

(let (server)
  (find-file (getenv "CLIENT_FILE"))
  (go-mode)
  (setq server (apply #'eglot--connect (eglot--guess-contact)))
  (goto-char (point-min))
  (forward-line (string-to-number (getenv "CLIENT_LINE")))
  (forward-char (string-to-number (getenv "CLIENT_COLUMN")))
  (let ((hover (jsonrpc-request server :textDocument/hover (eglot--TextDocumentPositionParams))))
    (princ (format "hover: %s\n" (plist-get (plist-get hover :contents) :value))))
  (let ((found (jsonrpc-request server :textDocument/definition (eglot--TextDocumentPositionParams))))
    (dolist (place (append found nil))
      (let ((start (plist-get (plist-get place :range) :start)))
        (princ (format "definition: %s:%d:%d\n" (plist-get place :uri) (plist-get start :line) (plist-get start :character))))))
  ;; The second file is not formatted.
  (find-file (getenv "CLIENT_UNFORMATTED"))
  (go-mode)
  (eglot--maybe-activate-editing-mode)
  (eglot-format-buffer)
  (princ (format "formatted:\n%s" (buffer-substring-no-properties (point-min) (point-max))))
  (set-buffer-modified-p nil)
  (eglot-shutdown server))
;;; emacs.el ends here
